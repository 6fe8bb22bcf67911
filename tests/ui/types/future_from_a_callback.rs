use persevere::retry;

async fn refresh() {}

#[retry(before_sleep = |_| refresh())]
pub async fn ping() -> Result<(), std::io::Error> {
    Ok(())
}

fn main() {}
