use persevere::retry;

#[retry(sleep = async |_| ())]
pub fn ping() -> Result<(), std::io::Error> {
    Ok(())
}

fn main() {}
