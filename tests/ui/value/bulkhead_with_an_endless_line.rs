use persevere::Bulkhead;

static REPORTS: Bulkhead = Bulkhead::new("reports", 20).queue(u32::MAX);

fn main() {
    let _ = &REPORTS;
}
