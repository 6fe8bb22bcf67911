use persevere::retry;

persevere::policy! { net: attempt_timeout = 1s, stop = after_attempt(5) }

#[retry(use = net)]
fn blocking() -> std::io::Result<u8> {
    Ok(1)
}

#[retry(use = net)]
async fn asynchronous() -> std::io::Result<u8> {
    blocking()
}

fn main() {
    drop(asynchronous());
}
