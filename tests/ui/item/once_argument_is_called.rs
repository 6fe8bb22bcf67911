use persevere::retry;

#[retry]
pub fn post(send: impl FnOnce() -> Result<(), ()>) -> Result<(), ()> {
    send()
}

fn main() {}
