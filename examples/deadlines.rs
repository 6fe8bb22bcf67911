//! One deadline for everything that is done for a request: every call ends by it, and every server is
//! told how long its answer is of use. The clock is tokio's paused one.
//!
//! ```text
//! cargo run --example deadlines
//! ```

use std::cell::Cell;
use std::io;
use std::time::Duration;

use persevere::retry;
use tokio::time::{Instant, sleep};

/// A page is made of two answers. What the first one leaves of the time is the second one's.
async fn page(shop: &Shop, by: Instant) -> io::Result<String> {
    let item = item(shop, by).await?;
    let price = price(shop, by).await?;
    Ok(format!("{item} for {price}"))
}

/// No attempt takes longer than 300 ms, and less where the deadline is nearer: the server is told
/// which. `io::Error` can be made of an interrupt, and so can an error that implements
/// `From<Interrupt>`.
#[retry(stop = never(), wait = 50ms, deadline = by, attempt_timeout = 300ms, attempt = at)]
async fn item(shop: &Shop, by: Instant) -> io::Result<&'static str> {
    shop.ask("item", at.number(), at.remaining()).await?;
    Ok("a lamp")
}

#[retry(stop = never(), wait = 50ms, deadline = by, attempt_timeout = 300ms, attempt = at)]
async fn price(shop: &Shop, by: Instant) -> io::Result<&'static str> {
    shop.ask("price", at.number(), at.remaining()).await?;
    Ok("20 €")
}

/// Where no argument can carry the deadline, the retried calls inside this one find it by themselves:
/// they say `nested = share()`.
#[retry(deadline = 1s, wait = 100ms)]
async fn front(shop: &Shop) -> io::Result<String> {
    Ok(format!("stock: {}", stock(shop).await?))
}

#[retry(stop = never(), wait = 200ms, nested = share(), attempt = at)]
async fn stock(shop: &Shop) -> io::Result<u32> {
    shop.ask("stock", at.number(), at.remaining()).await?;
    Ok(7)
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() {
    let second = Duration::from_secs(1);
    show("a good day", page(&Shop::new(0), Instant::now() + second)).await;
    show("a bad one", page(&Shop::new(3), Instant::now() + second)).await;
    show("a worse one", page(&Shop::new(5), Instant::now() + second)).await;
    show("nothing left", page(&Shop::new(0), Instant::now())).await;
    show("found by itself", front(&Shop::new(2))).await;
}

async fn show(title: &str, reply: impl Future<Output = io::Result<String>>) {
    println!("{title}");
    let start = Instant::now();
    let reply = match reply.await {
        Ok(reply) => reply,
        Err(error) => format!("error: {error}"),
    };
    println!("  {:?}: {reply}\n", start.elapsed());
}

/// Answers in 80 ms; the first few times it hangs and fails by turns, the last of them hanging.
struct Shop {
    bad: Cell<u32>,
}

impl Shop {
    fn new(bad: u32) -> Self {
        Shop { bad: bad.into() }
    }

    /// The last argument is what `grpc-timeout` is in gRPC: a server that knows it stops working for
    /// nobody.
    async fn ask(&self, what: &str, attempt: u32, left: Option<Duration>) -> io::Result<()> {
        let left = left.unwrap_or(Duration::MAX);
        println!("  {what:<6} attempt {attempt}, of use for {left:?}");
        let bad = self.bad.get();
        self.bad.set(bad.saturating_sub(1));
        sleep(Duration::from_millis(80)).await;
        match bad {
            0 => Ok(()),
            n if n % 2 == 0 => Err(io::ErrorKind::ConnectionReset.into()),
            _ => std::future::pending().await,
        }
    }
}
