use persevere::retry;

#[retry(flavour = "vanilla")]
pub fn ping() -> Result<(), ()> {
    Ok(())
}

fn main() {}
