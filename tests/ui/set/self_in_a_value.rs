use persevere::retry;

struct Client {
    attempts: u32,
}

persevere::policy! { net: stop = after_attempt(self.attempts), wait = self::pause() }

fn pause() -> persevere::wait::Backoff<persevere::wait::Fixed> {
    persevere::wait::none()
}

impl Client {
    #[retry(use = net)]
    fn read(&self) -> Result<u8, String> {
        Err(format!("{}", self.attempts))
    }
}

fn main() {
    let _ = (Client { attempts: 3 }).read();
    let _ = pause();
}
