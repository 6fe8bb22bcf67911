use std::io;

use persevere::retry;

#[retry(
    deadline = 10,
    attempt_timeout = 0s,
    breaker = "payments",
    budget = 500,
    nested = single,
    interrupt = || Err(io::Error::other("late")),
    circuit = 5
)]
pub async fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
