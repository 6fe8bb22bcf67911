//! Cost of an item of a stream that is opened again where it breaks.

use std::future::ready;
use std::hint::black_box;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use futures_util::stream::{self, Stream};
use persevere::{RetryPolicy, retry, when};

use crate::contender::Calls;
use crate::table::Table;
use crate::timing::Times;
use crate::{allocation, instructions};

type Item = Result<u64, std::io::Error>;

struct Contender {
    name: &'static str,
    calls: Calls,
}

/// A stream that always has an item.
struct Numbers(std::ops::Range<u64>);

impl Stream for Numbers {
    type Item = Item;

    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Item>> {
        Poll::Ready(self.0.next().map(Ok))
    }
}

fn numbers(range: std::ops::Range<u64>) -> Numbers {
    Numbers(black_box(range))
}

fn drain(stream: impl Stream<Item = Item>) {
    let (mut stream, mut cx) = (pin!(stream), Context::from_waker(Waker::noop()));
    while let Poll::Ready(Some(item)) = stream.as_mut().poll_next(&mut cx) {
        black_box(&item);
    }
}

/// A hand-written loop: attempts are counted from the last item, and pauses double.
fn by_hand(end: u64) -> impl Stream<Item = Item> {
    let start = (0, None::<Pin<Box<Numbers>>>, 0_u32);
    stream::unfold(
        start,
        move |(mut cursor, mut open, mut failed)| async move {
            loop {
                let stream = open.get_or_insert_with(|| Box::pin(numbers(cursor..end)));
                let item = std::future::poll_fn(|cx| stream.as_mut().poll_next(cx)).await?;
                match item {
                    Ok(item) => {
                        (cursor, failed) = (item + 1, 0);
                        return Some((Ok(item), (cursor, open, failed)));
                    }
                    Err(error) if failed == 2 => return Some((Err(error), (cursor, open, failed))),
                    Err(_) => {
                        failed += 1;
                        open = None;
                        tokio::time::sleep(Duration::from_millis(100 << failed)).await;
                    }
                }
            }
        },
    )
}

const PLAIN: Contender = Contender {
    name: "the stream alone",
    calls: |items| drain(numbers(0..items)),
};

const HAND: Contender = Contender {
    name: "a hand-written loop",
    calls: |items| drain(by_hand(items)),
};

#[retry(when = transient(), resume(from = |item| item + 1))]
fn annotated(from: u64, end: u64) -> impl Stream<Item = Item> {
    numbers(from..end)
}

const OURS: [Contender; 4] = [
    Contender {
        name: "the attribute",
        calls: |items| drain(annotated(0, items)),
    },
    Contender {
        name: "run_stream",
        calls: |items| {
            let policy = RetryPolicy::new().when(when::transient());
            drain(policy.run_stream(0, |from| numbers(from..items), |item| item + 1));
        },
    },
    Contender {
        name: "run_stream, an idle timeout",
        calls: |items| {
            let policy = RetryPolicy::new().when(when::transient());
            let policy = policy.sleep_async(|_| ready(()));
            let stream = policy.run_stream(0, |from| numbers(from..items), |item| item + 1);
            drain(stream.idle_timeout(Duration::from_secs(30)));
        },
    },
    Contender {
        name: "run_stream, a deadline",
        calls: |items| {
            let policy = RetryPolicy::new().deadline(Duration::from_secs(3600));
            let policy = policy.sleep_async(|_| ready(()));
            drain(policy.run_stream(0, |from| numbers(from..items), |item| item + 1));
        },
    },
];

/// The sizes of streams: of a policy, of the attribute, and by hand.
fn sizes() -> [usize; 3] {
    let policy = RetryPolicy::new().when(when::transient());
    let ours = policy.run_stream(0, |from| numbers(from..9), |item| item + 1);
    [
        size_of_val(&ours),
        size_of_val(&annotated(0, 9)),
        size_of_val(&by_hand(9)),
    ]
}

pub fn print() {
    let mut table = Table::new(
        "Streams, an item",
        ["ns an item", "over the stream", "allocations"],
    );
    for Contender { name, calls } in [PLAIN, HAND].into_iter().chain(OURS) {
        let times = Times::alone(PLAIN.calls, calls);
        let cells = [
            format!("{:.2}", times.one),
            format!("{:.2}", times.one - times.floor),
            allocation::count(calls).to_string(),
        ];
        table.row(name, cells);
    }
    table.print();
    let [ours, annotated, by_hand] = sizes();
    println!("\nBytes: {ours}, of the attribute {annotated}, by hand {by_hand}");
}

/// Under callgrind: items of one stream.
pub fn run(name: &str) {
    let contender = OURS.into_iter().find(|one| one.name == name);
    instructions::run_calls(contender.expect("a stream").calls, 10_000);
}

/// Figures that are the same in every run.
pub fn figures() -> Vec<(String, f64)> {
    let mut figures = Vec::new();
    for Contender { name, calls } in OURS {
        if instructions::has_valgrind() {
            let count = instructions::count_in(["stream", name]);
            figures.push((format!("instructions, {name}, an item"), count));
        }
        figures.push((
            format!("allocations, {name}, an item"),
            allocation::count(calls),
        ));
    }
    let [ours, annotated, _] = sizes();
    figures.push(("bytes, run_stream".to_owned(), ours as f64));
    figures.push((
        "bytes, a stream of the attribute".to_owned(),
        annotated as f64,
    ));
    figures
}
