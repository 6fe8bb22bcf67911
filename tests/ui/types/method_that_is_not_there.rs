use persevere::retry;

#[retry(when = err(|e| e.is_timeout()))]
pub fn ping() -> Result<(), std::io::Error> {
    Ok(())
}

fn main() {}
