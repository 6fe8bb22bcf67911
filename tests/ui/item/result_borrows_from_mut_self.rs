use persevere::retry;

pub struct Buffer(Vec<u8>);

impl Buffer {
    #[retry]
    pub fn first(&mut self) -> Result<&mut u8, ()> {
        self.0.first_mut().ok_or(())
    }
}

fn main() {}
