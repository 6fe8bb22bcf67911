use persevere::retry;

#[retry]
pub fn count() -> u32 {
    3
}

fn main() {}
