use persevere::retry;

#[retry(when = |o: &Option<u32>| o.is_none())]
pub async fn state() -> Result<String, ()> {
    Ok(String::new())
}

fn main() {}
