use persevere::retry;

#[retry(before_sleep = async |_| ())]
pub fn ping() -> Result<(), std::io::Error> {
    Ok(())
}

fn main() {}
