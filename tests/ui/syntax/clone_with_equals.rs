use persevere::retry;

#[retry(clone = body)]
pub fn post(body: String) -> Result<String, ()> {
    Ok(body)
}

fn main() {}
