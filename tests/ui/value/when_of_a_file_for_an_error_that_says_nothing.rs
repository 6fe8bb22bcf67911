// A word of a file asks the error, which must be `Transient`.
use persevere::{RetryConfigs, retry};

static CONFIG: RetryConfigs = RetryConfigs::new(&["payments"]).with_when(&["payments"]);

#[derive(Debug)]
struct Failed;

impl From<persevere::Interrupt> for Failed {
    fn from(_: persevere::Interrupt) -> Self {
        Failed
    }
}

#[retry(policy = CONFIG.get("payments"), when = CONFIG.when("payments", any_failure()))]
fn charge() -> Result<(), Failed> {
    Err(Failed)
}

fn main() {}
