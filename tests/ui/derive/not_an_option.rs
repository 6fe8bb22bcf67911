use persevere::Transient;

#[derive(Transient)]
pub enum ApiError {
    #[transient(5, "now", unsent)]
    Timeout,
}

fn main() {}
