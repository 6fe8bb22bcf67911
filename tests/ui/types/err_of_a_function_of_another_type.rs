use persevere::retry;

fn is_empty(error: &String) -> bool {
    error.is_empty()
}

#[retry(when = err(is_empty))]
pub fn ping() -> Result<(), std::io::Error> {
    Ok(())
}

fn main() {}
