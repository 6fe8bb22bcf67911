use persevere::retry;

#[retry(before_sleep = async || println!("again"))]
pub async fn ping() -> Result<(), std::io::Error> {
    Ok(())
}

fn main() {}
