use persevere::{guard, retry};

#[retry(fallback = [|_| Ok(()), [|_| Ok(()), |_| Ok(())]])]
pub fn ping() -> std::io::Result<()> {
    Ok(())
}

#[guard(deadline = 1s, fallback = within(100ms, [async |_| Ok(()), |_| Ok(())]))]
pub async fn pong() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
