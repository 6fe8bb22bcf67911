use persevere::retry;

pub struct Refused;

#[retry(when = cause_is::<Refused>())]
pub fn ping() -> Result<(), std::io::Error> {
    Ok(())
}

fn main() {}
