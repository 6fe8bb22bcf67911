use persevere::retry;

#[retry(|e| true)]
pub fn ping() -> Result<(), ()> {
    Ok(())
}

fn main() {}
