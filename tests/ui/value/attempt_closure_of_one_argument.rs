use persevere::retry;

#[retry(when = attempt(|outcome| outcome.is_none()))]
pub fn ping() -> Option<u8> {
    None
}

#[retry(when = |outcome, n| outcome.is_none() && n < 3)]
pub fn pong() -> Option<u8> {
    None
}

fn main() {}
