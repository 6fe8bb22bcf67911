use persevere::retry;

#[retry(retry_with = rows_with)]
pub fn rows() -> Option<impl Iterator<Item = u32>> {
    Some(0..3)
}

fn main() {}
