use persevere::retry;

#[retry(crate = persevere())]
pub fn ping() -> Result<(), ()> {
    Ok(())
}

fn main() {}
