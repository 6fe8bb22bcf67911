use persevere::retry;

#[retry(stop = after_attempt(hosts.len()))]
pub fn ping(hosts: &[&str]) -> Result<(), String> {
    Ok(())
}

fn main() {}
