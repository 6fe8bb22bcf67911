use persevere::retry;

#[retry(once(new_id()))]
pub fn post() -> Result<(), ()> {
    Ok(())
}

fn main() {}
