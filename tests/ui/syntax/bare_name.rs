use persevere::retry;

#[retry(exponential)]
pub fn ping() -> Result<(), ()> {
    Ok(())
}

fn main() {}
