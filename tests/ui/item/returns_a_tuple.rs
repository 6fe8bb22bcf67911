use persevere::retry;

#[retry(stop = after_attempt(5))]
pub async fn page() -> (u16, String) {
    (200, String::new())
}

fn main() {}
