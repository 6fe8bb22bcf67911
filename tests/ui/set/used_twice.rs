use persevere::retry;

persevere::policy! { net: stop = after_attempt(5) }
persevere::policy! { slow: wait = 30s }

#[retry(use = net, use = slow)]
fn read() -> u32 {
    1
}

#[retry(use = net)]
fn one() -> Result<u32, String> {
    two()
}

#[retry(use = slow)]
fn two() -> Result<u32, String> {
    Ok(read())
}

fn main() {
    let _ = one();
}
