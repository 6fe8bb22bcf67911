use persevere::{CancelToken, retry};

static SHUTDOWN: CancelToken = CancelToken::new();

#[retry(on = 0, stop = after_attempt(3) | cancelled(&SHUTDOWN))]
pub fn ping() -> u32 {
    3
}

fn main() {}
