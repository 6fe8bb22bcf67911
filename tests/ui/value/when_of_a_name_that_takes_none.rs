// The set does not let a file say `when` of this name.
use persevere::{RetryConfigs, retry};

static CONFIG: RetryConfigs = RetryConfigs::new(&["payments", "search"]).with_when(&["payments"]);

#[retry(policy = CONFIG.get("search"), when = CONFIG.when("search", transient()))]
fn search() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
