use persevere::retry;

#[retry(before_sleep = |state| println!("{}", state.attempts()))]
pub fn ping() -> Result<(), std::io::Error> {
    Ok(())
}

fn main() {}
