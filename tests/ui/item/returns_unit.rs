use persevere::retry;

#[retry]
pub async fn ping() -> () {}

fn main() {}
