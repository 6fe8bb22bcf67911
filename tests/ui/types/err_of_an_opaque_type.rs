use persevere::retry;

#[retry(when = err(|_| true))]
pub fn rows() -> impl Iterator<Item = u32> {
    0..3
}

fn main() {}
