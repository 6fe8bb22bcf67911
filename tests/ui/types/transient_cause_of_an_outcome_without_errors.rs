use persevere::retry;

#[retry(when = transient_cause::<std::io::Error>())]
pub fn ping() -> Result<(), String> {
    Err(String::new())
}

fn main() {}
