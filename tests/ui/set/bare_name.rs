use persevere::{RetryPolicy, retry};

mod policies {
    persevere::policy! { pub(crate) net: stop = after_attempt(5) }
}

use policies::net;

static DISK: RetryPolicy = RetryPolicy::new();

#[retry(net)]
fn read() -> Result<u8, String> {
    used()
}

#[retry(policies::net, wait = 1s)]
fn read_by_path() -> Result<u8, String> {
    used()
}

#[retry(DISK)]
fn read_from_disk() -> Result<u8, String> {
    used()
}

#[retry(use = net)]
fn used() -> Result<u8, String> {
    Err("no".to_owned())
}

persevere::policy! { disk: DISK, stop = after_attempt(5) }

persevere::policy! { memory: disk }

fn main() {
    let _ = (read(), read_by_path(), read_from_disk(), &DISK);
}
