use persevere::retry;

#[retry]
pub fn ping() {}

fn main() {}
