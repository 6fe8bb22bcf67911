use persevere::guard;

#[guard]
pub fn ping() -> std::io::Result<()> {
    Ok(())
}

#[guard()]
pub fn pong() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
