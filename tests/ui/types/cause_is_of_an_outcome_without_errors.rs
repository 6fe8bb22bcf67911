use persevere::retry;

#[retry(when = cause_is::<std::io::Error>())]
pub fn ping() -> Result<(), String> {
    Ok(())
}

fn main() {}
