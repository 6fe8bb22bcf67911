use persevere::retry;

#[retry(once(id = 1, id = 2))]
pub fn post() -> Result<u32, ()> {
    Ok(id)
}

fn main() {}
