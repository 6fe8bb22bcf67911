use persevere::retry;

#[retry(deadline = 10s, on = 0)]
pub fn ping() -> u32 {
    3
}

fn main() {}
