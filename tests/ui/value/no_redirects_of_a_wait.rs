use persevere::retry;

#[retry(wait = fixed(1s).no_redirects())]
fn f() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = f();
}
