use persevere::retry;

#[retry(jitter = true)]
pub fn ping() -> Result<(), ()> {
    Ok(())
}

fn main() {}
