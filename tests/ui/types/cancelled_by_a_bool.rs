use persevere::retry;

#[retry(stop = cancelled(&shutdown))]
pub fn ping(shutdown: bool) -> Result<(), String> {
    Ok(())
}

fn main() {}
