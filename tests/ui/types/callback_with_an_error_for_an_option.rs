use persevere::retry;

#[retry(before_sleep = |_| Err::<(), &str>("no"))]
pub fn ping() -> Option<()> {
    None
}

fn main() {}
