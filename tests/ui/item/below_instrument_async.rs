use persevere::retry;

use tracing::instrument;

#[instrument(name = "ping")]
#[retry]
pub async fn ping() -> Result<(), ()> {
    Ok(())
}

fn main() {}
