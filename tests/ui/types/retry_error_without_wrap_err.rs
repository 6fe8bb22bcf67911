use persevere::{RetryError, retry};

#[retry(stop = after_attempt(5))]
pub fn ping() -> Result<(), RetryError<String>> {
    Err(String::new())
}

fn main() {}
