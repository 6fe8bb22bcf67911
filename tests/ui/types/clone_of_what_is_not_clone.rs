use persevere::retry;

pub struct Body;

#[retry(clone(body))]
pub fn post(body: Body) -> Result<Body, String> {
    Ok(body)
}

fn main() {}
