use futures_util::stream::{self, Stream};
use persevere::retry;

#[retry(
    resume(after = |event| *event),
    case(Err(Busy(n)), stop = after_attempt(*n), budget = &BUDGET),
)]
fn events(after: u64) -> impl Stream<Item = Result<u64, Busy>> {
    stream::iter([Ok(after)])
}

#[derive(Debug)]
struct Busy(u32);

static BUDGET: persevere::RetryBudget = persevere::RetryBudget::tokens(100);

fn main() {}
