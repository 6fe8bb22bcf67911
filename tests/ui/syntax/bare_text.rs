use persevere::retry;

#[retry("payments")]
pub fn ping() -> Result<(), ()> {
    Ok(())
}

fn main() {}
