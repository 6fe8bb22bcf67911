use persevere::Bulkhead;

static REPORTS: Bulkhead = Bulkhead::new("reports", 0);

fn main() {
    let _ = &REPORTS;
}
