use persevere::retry;

#[retry(before_sleep = log_warn())]
pub fn ping() -> Result<(), std::io::Error> {
    Ok(())
}

fn main() {}
