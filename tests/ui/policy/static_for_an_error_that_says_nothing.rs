use std::sync::LazyLock;

use persevere::policy::SharedPolicy;
use persevere::{RetryPolicy, retry, when};

static NET: LazyLock<SharedPolicy> =
    LazyLock::new(|| RetryPolicy::new().when(when::transient()).shared());

struct Mine;

#[retry(policy = &NET)]
fn fetch() -> Result<u32, Mine> {
    Ok(1)
}

fn run() -> Result<u32, Mine> {
    NET.run(|| Ok(1))
}

fn main() {
    let _ = (fetch(), run());
}
