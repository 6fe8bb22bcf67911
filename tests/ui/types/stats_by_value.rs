use persevere::{RetryStats, retry};

static STATS: RetryStats = RetryStats::new();

#[retry(stats = STATS)]
pub fn ping() -> Result<(), String> {
    Ok(())
}

fn main() {}
