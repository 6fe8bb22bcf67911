use persevere::retry;

#[retry(when = (unsent() | err(|e| e.raw_os_error().is_some())).no_redirects())]
fn f() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = f();
}
