use persevere::Transient;

#[derive(Transient)]
pub enum ApiError {
    #[transient(unsent)]
    #[transient(retry_after = 0)]
    Busy(std::time::Duration),
}

fn main() {}
