use persevere::Transient;

#[derive(Transient)]
pub enum ApiError {
    Timeout,
    Unauthorized,
}

fn main() {}
