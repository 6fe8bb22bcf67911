use persevere::retry;

persevere::policy! {
    net:
    attempt = at,
    clone(body),
    once(id = 7),
    unretried = read_once,
    retry_with = read_with,
    use = other,
    stop = after_attempt(3),
}

#[retry(use = net)]
fn read() -> Result<u8, String> {
    Err("no".to_owned())
}

fn main() {
    let _ = read();
}
