use persevere::retry;

async fn sleep(_: std::time::Duration) {}

#[retry(sleep = sleep)]
pub fn ping() -> Result<(), std::io::Error> {
    Ok(())
}

fn main() {}
