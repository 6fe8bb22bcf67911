use persevere::{CircuitBreaker, guard};

static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments");

#[guard(10s)]
pub fn f0() -> std::io::Result<()> {
    Ok(())
}

#[guard(&PAYMENTS)]
pub fn f1() -> std::io::Result<()> {
    Ok(())
}

#[guard(|_| Ok(()))]
pub fn f2() -> std::io::Result<()> {
    Ok(())
}

#[guard([cached, |_| Ok(())])]
pub fn f3() -> std::io::Result<()> {
    Ok(())
}

#[guard("ping")]
pub fn f4() -> std::io::Result<()> {
    Ok(())
}

#[guard(transient())]
pub fn f5() -> std::io::Result<()> {
    Ok(())
}

#[guard(Err(Error::Busy))]
pub fn f6() -> std::io::Result<()> {
    Ok(())
}

#[guard(after_attempt(3))]
pub fn f7() -> std::io::Result<()> {
    Ok(())
}

#[guard(3)]
pub fn f8() -> std::io::Result<()> {
    Ok(())
}

#[guard(PAYMENTS)]
pub fn f9() -> std::io::Result<()> {
    Ok(())
}

#[guard(policies::net)]
pub fn f10() -> std::io::Result<()> {
    Ok(())
}

#[guard(net)]
pub fn f11() -> std::io::Result<()> {
    Ok(())
}

#[guard(retry)]
pub fn f12() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
