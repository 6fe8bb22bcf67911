use persevere::Bulkhead;

static SEARCH: Bulkhead = Bulkhead::adaptive("search", 0..=200);

fn main() {
    let _ = &SEARCH;
}
