use persevere::retry;

#[retry(endless = true, idle_timeout = 30s, progress = never())]
async fn event(after: u64) -> Result<u64, std::io::Error> {
    Ok(after)
}

fn main() {}
