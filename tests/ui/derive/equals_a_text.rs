use persevere::Transient;

#[derive(Transient)]
pub enum ApiError {
    #[transient = "true"]
    Timeout,
}

fn main() {}
