use persevere::retry;

#[retry(before_sleep = |state| state.attempt())]
pub fn ping() -> Result<(), std::io::Error> {
    Ok(())
}

fn main() {}
