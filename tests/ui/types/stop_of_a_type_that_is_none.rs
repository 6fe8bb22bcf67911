use persevere::retry;

pub struct Daytime;

#[retry(stop = Daytime)]
pub fn ping() -> Result<(), String> {
    Ok(())
}

fn main() {}
