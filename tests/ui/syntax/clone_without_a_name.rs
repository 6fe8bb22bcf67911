use persevere::retry;

#[retry(clone())]
pub fn post() -> Result<(), ()> {
    Ok(())
}

fn main() {}
