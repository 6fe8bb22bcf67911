use persevere::retry;

#[retry(when = no_redirects())]
fn f() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = f();
}
