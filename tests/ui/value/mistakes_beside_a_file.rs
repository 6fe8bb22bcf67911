// The program's own words are checked as they are without a file.
use persevere::{RetryConfigs, retry};

static CONFIG: RetryConfigs = RetryConfigs::new(&["search"]).with_when(&["search"]).with_hedge(&["search"]);

#[retry(policy = CONFIG.get("search"), when = CONFIG.when("search", transeint()), hedge = CONFIG.hedge("search", delay(0s)))]
async fn search() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
