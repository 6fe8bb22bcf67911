use persevere::guard;

#[guard(deadline = 1s, on = Ok(_))]
pub fn every_success() -> std::io::Result<()> {
    Ok(())
}

#[guard(deadline = 1s, unless = Err(_))]
pub fn no_failure() -> std::io::Result<()> {
    Ok(())
}

#[guard(deadline = 1s, unless = _)]
pub fn nothing() -> std::io::Result<()> {
    Ok(())
}

#[guard(deadline = 1s, unless = Err(_), on = Err(_))]
pub fn outranked() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
