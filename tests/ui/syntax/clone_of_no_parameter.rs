use persevere::retry;

#[retry(clone(nope))]
pub fn post(body: u32) -> Result<u32, ()> {
    Ok(body)
}

fn main() {}
