use persevere::retry;

#[retry]
pub async fn post(body: String) -> Result<Vec<u8>, ()> {
    Ok(body.into_bytes())
}

fn main() {}
