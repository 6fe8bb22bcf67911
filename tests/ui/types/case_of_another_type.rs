use persevere::retry;

#[retry(case(Err(404), wait = 1s))]
pub async fn ping() -> Result<(), String> {
    Ok(())
}

fn main() {}
