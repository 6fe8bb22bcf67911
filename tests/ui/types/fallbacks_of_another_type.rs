use persevere::guard;

#[guard(fallback = [|_| Ok(3), |_| Err(()), 7 + 8])]
pub fn ping() -> Result<(), u8> {
    Ok(())
}

#[guard(fallback = [async |_| Ok(3), |_| Err(())])]
pub async fn pong() -> Result<(), u8> {
    Ok(())
}

fn main() {}
