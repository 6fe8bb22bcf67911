use persevere::retry;

fn send(_: String) -> Result<(), ()> {
    Ok(())
}

#[retry]
pub fn post(body: String) -> Result<(), ()> {
    send(body)
}

fn main() {}
