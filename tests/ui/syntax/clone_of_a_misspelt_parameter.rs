use persevere::retry;

#[retry(clone(boddy))]
pub fn post(body: u32) -> Result<u32, ()> {
    Ok(body)
}

fn main() {}
