use persevere::retry;

#[retry(breaker = consecutive(5).open_for(30s))]
fn call() -> std::io::Result<u8> {
    Ok(1)
}

fn main() {}
