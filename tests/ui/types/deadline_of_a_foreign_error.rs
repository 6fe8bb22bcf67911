use persevere::retry;

#[derive(Debug)]
pub struct Foreign;

#[retry(deadline = 3s)]
pub fn ping() -> Result<(), Foreign> {
    Ok(())
}

fn main() {}
