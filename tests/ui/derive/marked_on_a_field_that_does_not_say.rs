use persevere::Transient;

#[derive(Transient)]
pub enum ApiError {
    Parse(#[transient] std::num::ParseIntError),
    Other {
        #[transient]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

fn main() {}
