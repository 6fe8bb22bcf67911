use persevere::retry;

#[retry(when = err(|e: std::io::Error| e.raw_os_error().is_some()))]
pub fn ping() -> Result<(), std::io::Error> {
    Ok(())
}

fn main() {}
