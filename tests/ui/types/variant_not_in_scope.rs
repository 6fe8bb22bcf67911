use persevere::retry;

pub enum Error {
    Timeout,
}

#[retry(on = Err(Timeout))]
pub fn ping() -> Result<(), Error> {
    Err(Error::Timeout)
}

fn main() {}
