use persevere::retry;

#[retry]
mod client {}

fn main() {}
