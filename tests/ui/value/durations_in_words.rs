use persevere::retry;

#[retry(deadline = "5 seconds")]
fn seconds() -> std::io::Result<u8> {
    Ok(7)
}

#[retry(wait = "100 ms", attempt_timeout = "PT1M")]
async fn pause() -> std::io::Result<u8> {
    Ok(7)
}

#[retry(stop = after_delay("1h30m"), wait = fixed("soon"))]
fn inside() -> std::io::Result<u8> {
    Ok(7)
}

fn main() {
    let _ = (seconds(), pause(), inside());
}
