use persevere::retry;

#[retry(max_delay = 10s)]
pub fn ping() -> Result<(), ()> {
    Ok(())
}

fn main() {}
