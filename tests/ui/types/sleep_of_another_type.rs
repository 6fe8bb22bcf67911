use persevere::retry;

fn sleep(_: u64) {}

#[retry(sleep = sleep)]
pub fn ping() -> Result<(), std::io::Error> {
    Ok(())
}

fn main() {}
