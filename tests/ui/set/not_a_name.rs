use persevere::{RetryPolicy, retry};

static NET: RetryPolicy = RetryPolicy::new();

#[retry(use = "net")]
fn text() -> Result<u8, String> {
    call()
}

#[retry(use = net())]
fn call() -> Result<u8, String> {
    reference()
}

#[retry(use = &NET)]
fn reference() -> Result<u8, String> {
    list()
}

#[retry(use = [net, slow])]
fn list() -> Result<u8, String> {
    with_bang()
}

#[retry(use = net!())]
fn with_bang() -> Result<u8, String> {
    generic()
}

#[retry(use = net::<u8>)]
fn generic() -> Result<u8, String> {
    Err("no".to_owned())
}

fn main() {
    let _ = text();
    let _ = &NET;
}
