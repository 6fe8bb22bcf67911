use persevere::retry;

#[retry(case(Err(Some(a)) | Err(None), wait = fixed(*a)))]
pub fn ping() -> Result<(), Option<std::time::Duration>> {
    Ok(())
}

fn main() {}
