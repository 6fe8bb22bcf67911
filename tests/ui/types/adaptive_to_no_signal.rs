use persevere::retry;

#[retry(wait = adaptive(&failures).over(fixed(1s)))]
pub fn ping(failures: u32) -> Result<(), String> {
    Ok(())
}

fn main() {}
