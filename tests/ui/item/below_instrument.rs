use persevere::retry;

#[tracing::instrument]
#[retry]
pub fn ping() -> Result<(), ()> {
    Ok(())
}

fn main() {}
