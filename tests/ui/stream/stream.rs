use persevere::retry;

pub trait Stream {
    type Item;
}

pub struct Pages;

impl Stream for Pages {
    type Item = Result<String, std::io::Error>;
}

#[retry]
pub fn pages() -> impl Stream<Item = Result<String, std::io::Error>> {
    Pages
}

fn main() {}
