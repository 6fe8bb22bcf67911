use persevere::retry;

#[retry(before_sleep = async |state| state.attempt())]
pub async fn ping() -> Result<(), std::io::Error> {
    Ok(())
}

fn main() {}
