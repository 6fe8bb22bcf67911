#[persevere::retry]
#[cold]
#[persevere::retry(stop = after_attempt(2))]
pub async fn ping() -> Result<(), ()> {
    Ok(())
}

fn main() {}
