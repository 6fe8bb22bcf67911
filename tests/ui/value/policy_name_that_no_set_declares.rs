use persevere::{RetryConfigs, retry};

static CONFIG: RetryConfigs = RetryConfigs::new(&["payments", "search"]);

#[retry(policy = CONFIG.get("paymnets"), when = transient())]
fn pay() -> std::io::Result<u8> {
    Ok(7)
}

#[retry(policy = crate::CONFIG.get("payment").policy(), when = transient())]
fn look() -> std::io::Result<u8> {
    Ok(7)
}

fn main() {
    let _ = (pay(), look());
}
