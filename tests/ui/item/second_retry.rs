use persevere::retry;

#[retry(stop = after_attempt(2))]
#[retry]
pub fn ping() -> Result<(), ()> {
    Ok(())
}

fn main() {}
