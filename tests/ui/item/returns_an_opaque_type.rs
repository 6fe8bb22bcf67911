use persevere::retry;

pub trait Page {}

impl Page for String {}

#[retry]
pub async fn page() -> impl Page + Send {
    String::from("page")
}

fn main() {}
