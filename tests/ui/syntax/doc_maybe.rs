use persevere::{circuit_breaker, guard, retry};

/// A page.
#[retry(doc = "the page")]
fn text() -> Result<(), String> {
    Ok(())
}

/// A page.
#[guard(deadline = std::time::Duration::MAX, doc = DOC, interrupt = |_| Err(String::new()))]
fn constant() -> Result<(), String> {
    Ok(())
}

/// A page.
#[circuit_breaker(&BREAKER, doc)]
fn nothing() -> Option<()> {
    Some(())
}

static BREAKER: persevere::CircuitBreaker = persevere::CircuitBreaker::new("pages");

fn main() {}
