use persevere::retry;

#[retry(case = Err(_))]
pub fn post() -> Result<(), ()> {
    Ok(())
}

fn main() {}
