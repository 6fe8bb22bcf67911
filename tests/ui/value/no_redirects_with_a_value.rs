use persevere::retry;

#[retry(when = unsent().no_redirects(true))]
fn f() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = f();
}
