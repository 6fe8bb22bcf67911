use persevere::retry;

#[retry(when = err(|e| e.kind()))]
pub fn ping() -> Result<(), std::io::Error> {
    Ok(())
}

fn main() {}
