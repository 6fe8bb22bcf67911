use persevere::Transient;

#[derive(Transient)]
pub enum ApiError {
    #[transient()]
    Timeout,
}

fn main() {}
