//! A table that is read when a notification says so, from a PostgreSQL that is killed: every row once, though
//! notifications are lost.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::Duration;

use futures_util::future::TryFutureExt;
use futures_util::stream::{self, Stream, StreamExt, TryStreamExt};
use persevere::{RetryPolicy, retry, stop, wait, when};
use support::{Postgres, Tally};
use tokio::sync::mpsc::{self, UnboundedReceiver};
use tokio::task::block_in_place;
use tokio_postgres::{AsyncMessage, Client, Error, NoTls};

use crate::common::connect;

const EACH: i32 = 20;
const ROUNDS: i32 = 9;
const ROWS: i32 = EACH * (ROUNDS + 1);

/// A connection that listens, and the notifications that have come.
struct Listener {
    client: Client,
    heard: UnboundedReceiver<()>,
}

impl Listener {
    async fn connect(url: &str, notified: Arc<AtomicU32>) -> Result<Self, Error> {
        let (client, mut connection) = tokio_postgres::connect(url, NoTls).await?;
        let (hear, heard) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            let mut messages = stream::poll_fn(|cx| connection.poll_message(cx));
            while let Some(Ok(message)) = messages.next().await {
                if let AsyncMessage::Notification(_) = message {
                    notified.fetch_add(1, Relaxed);
                    let _ = hear.send(());
                }
            }
        });
        client.batch_execute("listen written").await?;
        Ok(Listener { client, heard })
    }

    async fn read(&self, after: i32) -> Result<Vec<i32>, Error> {
        let sql = "select id from jobs where id > $1 order by id limit 50";
        let rows = self.client.query(sql, &[&after]).await?;
        Ok(rows.iter().map(|row| row.get(0)).collect())
    }
}

/// The rows after this one, for as long as the connection lives. It listens before it reads: a row that is written in
/// between is read, or its notification comes.
fn rows(
    url: &str,
    after: i32,
    notified: &Arc<AtomicU32>,
) -> impl Stream<Item = Result<i32, Error>> {
    let batches = async move {
        let listener = Listener::connect(url, Arc::clone(notified)).await?;
        let start = (listener, after);
        Ok(stream::try_unfold(start, async |(mut listener, after)| {
            let rows = loop {
                let rows = listener.read(after).await?;
                if !rows.is_empty() {
                    break rows;
                }
                // The end of the connection ends the wait too, and the next read fails.
                listener.heard.recv().await;
            };
            let last = rows.last().copied().unwrap_or(after);
            Ok(Some((stream::iter(rows).map(Ok), (listener, last))))
        }))
    };
    batches.try_flatten_stream().try_flatten()
}

/// Writes the rows of a round, each with its notification.
#[retry(stop = after_delay(1min), wait = 10ms, when = transient())]
async fn write(url: &str, round: i32) -> Result<(), Error> {
    let client = connect(url).await?;
    for id in round * EACH + 1..=(round + 1) * EACH {
        let sql = format!(
            "insert into jobs values ({id}) on conflict do nothing; notify written, '{id}'"
        );
        client.batch_execute(&sql).await?;
    }
    Ok(())
}

/// Ends the backends that listen, and returns once they are gone.
#[retry(stop = after_delay(1min), wait = 10ms, when = transient())]
async fn terminate(url: &str) -> Result<(), Error> {
    let client = connect(url).await?;
    let others =
        "from pg_stat_activity where pid <> pg_backend_pid() and backend_type = 'client backend'";
    let kill = format!("select pg_terminate_backend(pid, 10000) {others}");
    client.batch_execute(&kill).await
}

#[tokio::test(flavor = "multi_thread")]
async fn no_row_is_missed_though_notifications_are() {
    let Some(server) = Postgres::start() else {
        return;
    };
    let url = server.url();
    let setup = connect(&url).await.unwrap();
    setup
        .batch_execute("create table jobs (id int primary key)")
        .await
        .unwrap();
    write(&url, 0).await.unwrap();

    let notified = Arc::new(AtomicU32::new(0));
    let policy = RetryPolicy::new()
        .stop(stop::after_delay(Duration::from_secs(60)))
        .wait(wait::fixed(Duration::from_millis(10)))
        .when(when::transient());
    let (mut tally, mut kills, mut unheard) = (Tally::new(ROWS as usize), 0, EACH);
    {
        let open = |after| rows(&url, after, &notified);
        let mut ids = pin!(policy.run_stream(0, open, |id| *id));
        for round in 1..=ROUNDS + 1 {
            for _ in 0..EACH {
                tally.add(ids.next().await.unwrap().unwrap() as usize);
            }
            match round % 3 {
                _ if round > ROUNDS => break,
                0 => block_in_place(|| {
                    server.crash();
                    server.up();
                }),
                1 => terminate(&url).await.unwrap(),
                _ => {
                    // It listens, and waits for the first of them.
                    let url = url.clone();
                    tokio::spawn(async move { write(&url, round).await.unwrap() });
                    continue;
                }
            }
            // Nobody listens.
            kills += 1;
            unheard += EACH;
            write(&url, round).await.unwrap();
        }
    }
    let notified = notified.load(Relaxed) as i32;
    assert!(notified > 0 && notified <= ROWS - unheard, "{notified}");
    let over = format!("{kills} kills; {notified} of {ROWS} notifications came");
    tally.once_each("rows that were notified", &over);
}

/// The other order.
#[tokio::test]
async fn a_row_between_the_read_and_the_listen_is_missed() {
    let Some(server) = Postgres::start() else {
        return;
    };
    let url = server.url();
    let (reader, notified) = (connect(&url).await.unwrap(), Arc::new(AtomicU32::new(0)));
    reader
        .batch_execute("create table jobs (id int primary key)")
        .await
        .unwrap();
    assert_eq!(
        reader
            .query("select id from jobs", &[])
            .await
            .unwrap()
            .len(),
        0
    );
    write(&url, 0).await.unwrap();
    let mut late = Listener::connect(&url, notified).await.unwrap();
    // An answer comes after the notifications before it.
    assert_eq!(late.read(0).await.unwrap().len(), EACH as usize);
    assert!(late.heard.try_recv().is_err(), "no notification is kept");
}
