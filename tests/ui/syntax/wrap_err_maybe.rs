use persevere::retry;

#[retry(wrap_err = maybe)]
pub fn post(maybe: bool) -> Result<(), u32> {
    Err(u32::from(maybe))
}

fn main() {}
