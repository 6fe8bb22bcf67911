use persevere::Transient;

#[derive(Transient)]
pub enum ApiError {
    #[transient(unsent = true)]
    Refused,
}

fn main() {}
