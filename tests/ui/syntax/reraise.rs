use persevere::retry;

#[retry(reraise = true)]
pub fn ping() -> Result<(), ()> {
    Ok(())
}

fn main() {}
