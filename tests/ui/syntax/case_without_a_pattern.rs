use persevere::retry;

#[retry(case())]
pub fn post() -> Result<(), ()> {
    Ok(())
}

fn main() {}
