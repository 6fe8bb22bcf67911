use persevere::retry;

persevere::policy! { net: stop = after_attempt(5) }

#[retry(use = net)]
fn read(text: &str) -> Result<u8, String> {
    let number: u8 = text;
    missing(number)
}

fn main() {
    let _ = read("1");
}
