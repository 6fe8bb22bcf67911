use persevere::retry;

#[retry(wait = pause)]
pub fn ping(pause: Option<std::time::Duration>) -> Result<(), String> {
    Ok(())
}

fn main() {}
