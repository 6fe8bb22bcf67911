use persevere::retry;

#[retry]
pub enum Error {
    Timeout,
}

fn main() {}
