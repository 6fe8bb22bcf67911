use persevere::retry;

#[retry(bulkhead = places(20))]
fn call() -> std::io::Result<u8> {
    Ok(1)
}

fn main() {}
