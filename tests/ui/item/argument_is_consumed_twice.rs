use persevere::retry;

fn send(_: String) -> Result<(), ()> {
    Ok(())
}

#[retry]
pub fn post(a: String, b: String) -> Result<(), ()> {
    send(a)?;
    send(b)
}

fn main() {}
