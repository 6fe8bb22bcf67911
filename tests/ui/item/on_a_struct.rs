use persevere::retry;

#[retry]
pub struct Client;

fn main() {}
