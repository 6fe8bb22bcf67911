use persevere::guard;

#[guard(hedge = delay(50ms))]
pub async fn send(body: Vec<u8>) -> std::io::Result<usize> {
    Ok(post(body).await)
}

async fn post(body: Vec<u8>) -> usize {
    body.len()
}

fn main() {}
