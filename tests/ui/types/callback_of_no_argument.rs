use persevere::retry;

#[retry(before_sleep = || println!("again"))]
pub fn ping() -> Result<(), std::io::Error> {
    Ok(())
}

fn main() {}
