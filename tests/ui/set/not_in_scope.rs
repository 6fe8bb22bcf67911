use persevere::retry;

mod policies {
    persevere::policy! { net: stop = after_attempt(5) }

    #[persevere::retry(use = net)]
    pub fn read() -> Result<u8, String> {
        Ok(1)
    }
}

#[retry(use = policies::net)]
fn read() -> Result<u8, String> {
    policies::read()
}

fn main() {
    let _ = read();
}
