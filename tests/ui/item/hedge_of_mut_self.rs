use std::io;

use persevere::retry;

pub struct Client;

impl Client {
    #[retry(hedge = delay(50ms).copies(2))]
    pub async fn ping(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn main() {}
