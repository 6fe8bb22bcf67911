use persevere::retry;

#[retry(sleep = std::thread::sleep)]
pub async fn ping() -> Result<(), std::io::Error> {
    Ok(())
}

fn main() {}
