use persevere::retry;

#[retry(when = ok(|state: &u32| *state < 3))]
pub async fn state() -> Result<String, ()> {
    Ok(String::new())
}

fn main() {}
