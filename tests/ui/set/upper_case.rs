use persevere::{RetryPolicy, retry};

static NET: RetryPolicy = RetryPolicy::new();

#[retry(use = NET)]
fn read() -> Result<u8, String> {
    read_by_path()
}

#[retry(use = crate::NET, stop = after_attempt(5))]
fn read_by_path() -> Result<u8, String> {
    Err("no".to_owned())
}

persevere::policy! { DISK: stop = after_attempt(5) }

fn main() {
    let _ = (read(), &NET);
}
