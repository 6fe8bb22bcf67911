use persevere::retry;

#[derive(Debug)]
pub enum Error {
    Busy,
}

persevere::policy! { net: on = Err(Error::Busy), stop = LIMIT }

const LIMIT: u32 = 3;

#[retry(use = net)]
fn fits() -> Result<u8, Error> {
    Err(Error::Busy)
}

#[retry(use = net, stop = after_attempt(3))]
fn read() -> Result<u8, String> {
    Err("no".to_owned())
}

fn main() {
    let _ = (fits(), read());
}
