use persevere::Transient;

#[derive(Transient)]
#[transient]
pub enum ApiError {
    Timeout,
    Unauthorized,
}

fn main() {}
