use persevere::{CancelToken, retry};

static SHUTDOWN: CancelToken = CancelToken::new();

pub struct Response {
    pub status: u16,
}

#[retry(on = Response { status: 503 }, stop = cancelled(&SHUTDOWN), fallback = |g| g.into_outcome())]
pub async fn ping() -> Response {
    Response { status: 200 }
}

fn main() {}
