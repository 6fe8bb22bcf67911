use persevere::retry;

#[retry(retry = retry_if_exception_type(Error))]
pub fn ping() -> Result<(), ()> {
    Ok(())
}

fn main() {}
