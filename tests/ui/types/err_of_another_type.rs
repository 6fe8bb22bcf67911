use persevere::retry;

#[retry(when = err(|e: &String| e.is_empty()))]
pub fn ping() -> Result<(), std::io::Error> {
    Ok(())
}

fn main() {}
