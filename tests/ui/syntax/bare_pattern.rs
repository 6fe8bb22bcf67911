use persevere::retry;

#[retry(Err(_))]
pub fn ping() -> Result<(), ()> {
    Ok(())
}

fn main() {}
