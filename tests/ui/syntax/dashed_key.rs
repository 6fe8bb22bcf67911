use persevere::retry;

#[retry(before-sleep = log_warn())]
pub fn ping() -> Result<(), ()> {
    Ok(())
}

fn main() {}
