use persevere::retry;

persevere::policy! {
    /// Calls over the network.
    net: stop = 3, sotp = after_attempt(3), wait = exponential(10s).max(1s), deadline = 0s
}

#[retry(use = net)]
fn read() -> u32 {
    1
}

#[retry(use = net, attempt_timeout = 1s, attempt = at, unretried = write_once)]
async fn write() -> Result<u32, String> {
    Ok(at.number())
}

#[retry(use = net, wiat = none())]
fn own_mistake() -> Result<u32, String> {
    Ok(read())
}

fn main() {
    let _ = own_mistake();
    drop((write(), write_once()));
}
