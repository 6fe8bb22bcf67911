use persevere::{CancelToken, retry};

static SHUTDOWN: CancelToken = CancelToken::new();

#[retry(on = Ok(0), stop = after_attempt(3) | cancelled(&SHUTDOWN))]
pub fn ping() -> Result<u32, String> {
    Ok(3)
}

fn main() {}
