persevere::policy! {
    watch: stop = after_attempt(3), endless = true, resume(after = |event| event.id)
}

#[persevere::retry(use = watch)]
fn event() -> Result<u64, std::io::Error> {
    Ok(1)
}

fn main() {}
