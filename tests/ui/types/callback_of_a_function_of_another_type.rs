use persevere::retry;

fn again(attempt: u32) {
    println!("{attempt}");
}

#[retry(before_sleep = again)]
pub fn ping() -> Result<(), std::io::Error> {
    Ok(())
}

fn main() {}
