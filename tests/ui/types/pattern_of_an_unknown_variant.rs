use persevere::retry;

pub enum Error {
    Timeout,
}

#[retry(on = Err(Error::TimedOut))]
pub fn ping() -> Result<(), Error> {
    Err(Error::Timeout)
}

fn main() {}
