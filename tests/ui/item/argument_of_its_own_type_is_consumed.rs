use persevere::retry;

pub struct Body;

fn send(_: Body) -> Result<(), ()> {
    Ok(())
}

#[retry]
pub fn post(body: Body) -> Result<(), ()> {
    send(body)
}

fn main() {}
