use persevere::retry;

#[retry(beforeSleep = log_warn())]
pub fn ping() -> Result<(), ()> {
    Ok(())
}

fn main() {}
