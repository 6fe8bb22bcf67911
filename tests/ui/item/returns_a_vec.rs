use persevere::retry;

#[retry(stop = after_attempt(5))]
pub async fn rows() -> Vec<u32> {
    Vec::new()
}

fn main() {}
