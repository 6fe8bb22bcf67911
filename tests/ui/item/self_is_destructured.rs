use persevere::retry;

pub struct Request {
    body: String,
}

impl Request {
    #[retry]
    pub fn send(self) -> Result<(), String> {
        let Request { body } = self;
        Err(body)
    }
}

fn main() {}
