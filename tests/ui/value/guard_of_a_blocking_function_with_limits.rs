use persevere::guard;

#[guard(attempt_timeout = 1s, hedge = delay(50ms))]
pub fn ping() -> std::io::Result<()> {
    Ok(())
}

#[guard(interrupt = |_| Ok(()), fallback = |_| Ok(()))]
pub fn pong() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
