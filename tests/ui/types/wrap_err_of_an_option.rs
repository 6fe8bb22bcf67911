use persevere::retry;

#[retry(wrap_err = true, stop = after_attempt(5))]
pub async fn ping() -> Option<u32> {
    None
}

fn main() {}
