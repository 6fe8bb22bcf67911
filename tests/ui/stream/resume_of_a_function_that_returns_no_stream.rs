use persevere::retry;

#[retry(resume(after = |event| *event))]
fn event(after: u64) -> Result<u64, std::io::Error> {
    Ok(after)
}

fn main() {}
