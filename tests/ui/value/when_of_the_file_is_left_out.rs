// The set lets a file say `when` of this name; the function would not follow it.
use persevere::{RetryConfigs, retry};

static CONFIG: RetryConfigs = RetryConfigs::new(&["payments"]).with_when(&["payments"]);

#[retry(policy = CONFIG.get("payments"), when = transient())]
fn charge() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
