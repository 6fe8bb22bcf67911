use persevere::retry;

persevere::policy! { net: stop = after_attempt(attempts) }

#[retry(use = net)]
fn read(attempts: u32) -> Result<u8, String> {
    Err(format!("{attempts}"))
}

fn main() {
    let _ = read(3);
}
