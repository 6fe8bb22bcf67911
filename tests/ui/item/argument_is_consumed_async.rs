use persevere::retry;

async fn send(_: &str, _: Vec<u8>) -> Result<(), ()> {
    Ok(())
}

#[retry(stop = after_attempt(5))]
pub async fn post(url: &str, body: Vec<u8>) -> Result<(), ()> {
    send(url, body).await?;
    Ok(())
}

fn main() {}
