use persevere::retry;

#[retry(when = idempotent(true).without_redirects())]
fn f() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = f();
}
