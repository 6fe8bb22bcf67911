// The set lets a file change the hedge of this name; the function has none.
use persevere::{RetryConfigs, retry};

static CONFIG: RetryConfigs = RetryConfigs::new(&["search"]).with_hedge(&["search"]);

#[retry(policy = CONFIG.get("search"), when = transient())]
async fn search() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
