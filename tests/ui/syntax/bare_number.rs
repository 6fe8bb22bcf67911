use persevere::retry;

#[retry(3)]
pub fn ping() -> Result<(), ()> {
    Ok(())
}

fn main() {}
