use persevere::retry;

#[retry]
pub const fn ping() -> Result<(), ()> {
    Ok(())
}

fn main() {}
