use persevere::retry;

#[retry(log_warn())]
pub fn ping() -> Result<(), ()> {
    Ok(())
}

fn main() {}
