use persevere::retry;

#[retry(fallback = async |give_up| give_up.into_outcome())]
pub fn ping() -> Result<(), std::io::Error> {
    Ok(())
}

fn main() {}
