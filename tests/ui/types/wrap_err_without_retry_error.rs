use persevere::retry;

#[retry(wrap_err = true)]
pub fn ping() -> Result<(), std::io::Error> {
    Ok(())
}

fn main() {}
