use persevere::Transient;

#[derive(Transient)]
pub enum ApiError {
    #[transient(unsent, unsent)]
    Timeout,
}

fn main() {}
