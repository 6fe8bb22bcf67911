use persevere::retry;

pub mod policies {
    pub const LIMIT: u32 = 3;

    persevere::policy! { pub net: stop = after_attempt(crate::policies::LIMIT) }

    persevere::policy! { pub(crate) own: stop = after_attempt(crate::policies::LIMIT) }

    persevere::policy! { pub right: stop = after_attempt($crate::policies::LIMIT), wait = $pause }
}

#[retry(use = policies::net)]
fn read() -> Result<u8, String> {
    own()
}

#[retry(use = policies::own)]
fn own() -> Result<u8, String> {
    right()
}

#[retry(use = policies::right)]
fn right() -> Result<u8, String> {
    Err("no".to_owned())
}

fn main() {
    let _ = read();
}
