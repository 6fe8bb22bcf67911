use persevere::retry;

static BULKHEAD: persevere::Bulkhead = persevere::Bulkhead::new("reports", 20);

#[retry(bulkhead = fail_fast(&BULKHEAD))]
fn call() -> std::io::Result<u8> {
    Ok(1)
}

fn main() {}
