use persevere::guard;

#[guard(deadline = 1s, fallback = within(200ms))]
pub fn ping() -> std::io::Result<()> {
    Ok(())
}

#[guard(deadline = 1s, fallback = [within(200ms, |_| Ok(()), |_| Ok(()))])]
pub fn pong() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
