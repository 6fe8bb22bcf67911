use persevere::retry;

#[retry]
pub fn rows() -> impl Iterator<Item = u32> {
    0..3
}

fn main() {}
