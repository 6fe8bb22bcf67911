use persevere::guard;

pub struct Client(Vec<u8>);

impl Client {
    #[guard(deadline = 1s)]
    pub fn first(&mut self) -> Option<&mut u8> {
        self.0.first_mut()
    }
}

fn main() {}
