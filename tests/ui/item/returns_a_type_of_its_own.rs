use persevere::retry;

pub struct Page;

#[retry]
pub fn page() -> Page {
    Page
}

fn main() {}
