use persevere::retry;

pub struct Request;

impl Request {
    fn send_once(self) -> Result<(), ()> {
        Ok(())
    }

    #[retry]
    pub fn send(self) -> Result<(), ()> {
        self.send_once()
    }
}

fn main() {}
