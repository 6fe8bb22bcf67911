use persevere::retry;

#[retry(stop = |p| p.attempt())]
pub fn ping() -> Result<(), std::io::Error> {
    Ok(())
}

fn main() {}
