use persevere::Bulkhead;

static SEARCH: Bulkhead = Bulkhead::adaptive("search", 200..=1);

fn main() {
    let _ = &SEARCH;
}
