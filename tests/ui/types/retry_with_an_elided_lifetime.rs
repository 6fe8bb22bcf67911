use persevere::retry;

#[retry(retry_with = first_with)]
pub fn first(list: &[u32]) -> Option<&u32> {
    list.first()
}

fn main() {}
