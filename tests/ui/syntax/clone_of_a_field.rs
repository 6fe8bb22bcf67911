use persevere::retry;

#[retry(clone(body.text))]
pub fn post(body: (u32,)) -> Result<u32, ()> {
    Ok(body.0)
}

fn main() {}
