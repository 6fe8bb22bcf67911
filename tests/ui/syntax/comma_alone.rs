use persevere::retry;

#[retry(,)]
pub fn ping() -> Result<(), ()> {
    Ok(())
}

fn main() {}
