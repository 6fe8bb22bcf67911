use persevere::retry;

#[retry(stop = any([after_attempt(3), after_delay(3s)]))]
fn fetch() -> Result<(), std::io::Error> {
    Ok(())
}

fn main() {
    let _ = fetch();
}
