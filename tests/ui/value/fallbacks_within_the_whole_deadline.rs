use persevere::{guard, retry};

#[guard(deadline = 2s, fallback = [within(1s, |_| Ok(())), |_| Ok(()), within(1s, |_| Ok(()))])]
pub fn ping() -> std::io::Result<()> {
    Ok(())
}

#[retry(deadline = 2s, fallback = [|_| Ok(()), within(3s, |_| Ok(()))])]
pub fn pong() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
