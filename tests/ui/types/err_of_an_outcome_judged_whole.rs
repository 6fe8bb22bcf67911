use persevere::retry;

#[retry(when = err(|e| true))]
pub fn count() -> u32 {
    3
}

fn main() {}
