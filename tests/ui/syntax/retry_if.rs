use persevere::retry;

#[retry(retry_if = |e| e.is_timeout())]
pub fn ping() -> Result<(), ()> {
    Ok(())
}

fn main() {}
