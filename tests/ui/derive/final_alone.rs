use persevere::Transient;

#[derive(Transient)]
pub enum ApiError {
    #[transient]
    Busy,
    #[transient(final)]
    Unauthorized,
    #[transient(final, retry_after = 0, health = failed)]
    Untrusted(std::time::Duration),
    #[transient(failed)]
    Down,
}

fn main() {}
