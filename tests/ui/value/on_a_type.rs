use persevere::retry;

#[retry(on = std::io::Error)]
pub fn ping() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
