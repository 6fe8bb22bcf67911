use persevere::retry;

#[retry(once(id))]
pub fn post() -> Result<u32, ()> {
    Ok(id)
}

fn main() {}
