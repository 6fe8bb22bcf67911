//! One deadline for everything that is done for a request: every call ends by it, and every server is
//! given the time its answer is of use. Then a shutdown, which ends calls without one. The clock is
//! tokio's paused one.
//!
//! ```text
//! cargo run --example deadlines
//! ```

use std::cell::Cell;
use std::io;
use std::time::Duration;

use persevere::{CancelToken, retry};
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

/// A deadline that no argument carries. The retried calls inside this one find it by themselves:
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

static SHUTDOWN: CancelToken = CancelToken::new();

/// Sends until it is sent. At a shutdown its pause ends at once; an attempt in flight may finish.
#[retry(stop = cancelled(&SHUTDOWN), wait = 1h)]
async fn order(shop: &Shop) -> io::Result<()> {
    shop.ask("order", 1, None).await
}

/// Waits for news on one connection. A shutdown cuts the attempt.
#[retry(stop = cancelled(&SHUTDOWN).abort_attempt(), wait = 1h)]
async fn news(shop: &Shop) -> io::Result<()> {
    shop.ask("news", 1, None).await
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() {
    let second = Duration::from_secs(1);
    show("a good day", page(&Shop::new(0), Instant::now() + second)).await;
    show("a bad one", page(&Shop::new(3), Instant::now() + second)).await;
    show("a worse one", page(&Shop::new(5), Instant::now() + second)).await;
    show("nothing left", page(&Shop::new(0), Instant::now())).await;
    show("found by itself", front(&Shop::new(2))).await;
    show("a shutdown", shutdown()).await;
}

/// Five seconds from now, with an order in its pause and a connection open.
async fn shutdown() -> io::Result<String> {
    let (failing, hanging) = (Shop::new(2), Shop::new(1));
    let signal = async {
        sleep(Duration::from_secs(5)).await;
        SHUTDOWN.cancel();
    };
    let (order, news, ()) = tokio::join!(order(&failing), news(&hanging), signal);
    let ended =
        |call: io::Result<()>| call.map_or_else(|error| error.to_string(), |()| "sent".into());
    Ok(format!("order: {}; news: {}", ended(order), ended(news)))
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
        match left {
            Some(left) => println!("  {what:<6} attempt {attempt}, of use for {left:?}"),
            None => println!("  {what:<6} attempt {attempt}"),
        }
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
