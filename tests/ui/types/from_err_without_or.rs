use persevere::retry;

#[retry(wait = from_err(|e| e.raw_os_error().map(|_| 5s)))]
pub fn ping() -> Result<(), std::io::Error> {
    Ok(())
}

fn main() {}
