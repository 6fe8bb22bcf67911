use persevere::retry;

#[retry(wait)]
pub fn ping() -> Result<(), ()> {
    Ok(())
}

fn main() {}
