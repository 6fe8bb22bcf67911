use persevere::retry;

persevere::policy! { net: stop = after_attempt(5) }

#[retry(net)]
fn read() -> Result<u8, String> {
    Err("no".to_owned())
}

#[retry(use = net)]
fn used() -> Result<u8, String> {
    read()
}

fn main() {
    let _ = used();
}
