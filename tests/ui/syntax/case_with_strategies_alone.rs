use persevere::retry;

#[retry(case(stop = after_attempt(2), wait = 1s))]
pub fn post() -> Result<(), ()> {
    Ok(())
}

fn main() {}
