use persevere::retry;

#[retry(unless = None)]
pub fn ping() -> Option<()> {
    Some(())
}

fn main() {}
