//! A stream of Redis, read by the id of the last entry, over kills and silences: every entry once.

use std::cell::RefCell;
use std::collections::HashMap;
use std::pin::pin;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::Duration;

use futures_util::stream::{self, Stream, StreamExt};
use persevere::{RetryPolicy, RetryState, Transient, retry, stop, wait, when};
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, RedisError, RedisResult, Value, cmd, from_redis_value};
use support::{Redis, Tally};
use tokio::task::block_in_place;

const ENTRIES: usize = 360;
const EACH: usize = 60;
const BLOCK: u32 = 100;

/// An entry: its id, and its number.
type Entry = (String, usize);

/// Entries by streams, each with one field, or none in time.
type Reply = Option<Vec<(String, Vec<(String, (String, usize))>)>>;

/// A connection whose client waits for a reply for longer than the server does.
async fn connect(client: &Client) -> RedisResult<MultiplexedConnection> {
    let config = AsyncConnectionConfig::new().set_response_timeout(Some(Duration::from_secs(5)));
    client
        .get_multiplexed_async_connection_with_config(&config)
        .await
}

/// The next entries after an id, if one comes in time.
async fn read(connection: &mut MultiplexedConnection, after: &str) -> RedisResult<Vec<Entry>> {
    let mut read = cmd("XREAD");
    read.arg("COUNT").arg(20).arg("BLOCK").arg(BLOCK);
    let read = read.arg("STREAMS").arg("log").arg(after);
    Ok(entries(read.query_async(connection).await?).collect())
}

/// The entries of a reply.
fn entries(reply: Reply) -> impl Iterator<Item = Entry> {
    let entries = reply.into_iter().flatten().flat_map(|(_, entries)| entries);
    entries.map(|(id, (_, number))| (id, number))
}

/// The entries after an id, as they come.
fn batches(client: &Client, after: String) -> impl Stream<Item = RedisResult<Vec<Entry>>> {
    stream::try_unfold((None, after), async |(connection, after)| {
        let mut connection = match connection {
            Some(connection) => connection,
            None => connect(client).await?,
        };
        loop {
            let batch = read(&mut connection, &after).await?;
            if let Some(last) = batch.last() {
                let after = last.0.clone();
                return Ok(Some((batch, (Some(connection), after))));
            }
        }
    })
}

/// The id after which the stream goes on.
fn last(batch: &[Entry]) -> String {
    batch.last().expect("no batch is empty").0.clone()
}

/// Adds an entry, whose id is of its producer's choice. One that a broken connection has added is not added twice.
#[retry(stop = after_delay(1min), wait = 5ms, when = transient(), attempt_timeout = 500ms)]
async fn add(client: &Client, number: usize) -> RedisResult<()> {
    let mut connection = connect(client).await?;
    let mut add = cmd("XADD");
    let add = add
        .arg("log")
        .arg(format!("{number}-0"))
        .arg("number")
        .arg(number);
    match add.exec_async(&mut connection).await {
        Err(error) if error.to_string().contains("equal or smaller") => Ok(()),
        added => added,
    }
}

/// Writes a log that takes a while to load: it says `LOADING` after each thousandth command.
async fn fill(client: &Client) {
    let mut connection = connect(client).await.unwrap();
    let mut fill = cmd("EVAL");
    let fill = fill
        .arg("for n = 1, 5000 do redis.call('SET', 'filler', n) end")
        .arg(0);
    fill.exec_async(&mut connection).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_is_read_over_kills_and_silences() {
    let Some(server) = Redis::start_with(&["--appendonly", "yes"]) else {
        return;
    };
    let (client, server) = (Client::open(server.url()).unwrap(), RefCell::new(server));
    fill(&client).await;
    server.borrow_mut().configure(&["--key-load-delay", "50"]);
    let half = ENTRIES / 2;
    for number in 1..=half {
        add(&client, number).await.unwrap();
    }
    let producer = tokio::spawn({
        let client = client.clone();
        async move {
            for number in half + 1..=ENTRIES {
                add(&client, number).await.unwrap();
            }
        }
    });
    let loading = AtomicU32::new(0);
    let count = |broken: &RetryState<'_, RedisResult<Vec<Entry>>>| {
        let code = broken.err().and_then(RedisError::code);
        loading.fetch_add(u32::from(code == Some("LOADING")), Relaxed);
    };
    let policy = RetryPolicy::new()
        .stop(stop::after_delay(Duration::from_secs(60)))
        .wait(wait::fixed(Duration::from_millis(5)))
        .when(when::transient())
        .before_sleep(count);
    let (mut tally, mut kills, mut silences) = (Tally::new(ENTRIES), 0, 0);
    {
        let open = |after| {
            server.borrow().thaw();
            batches(&client, after)
        };
        let batches = policy.run_stream("0-0".to_owned(), open, |batch| last(batch));
        let mut batches = pin!(batches.idle_timeout(Duration::from_millis(400)));
        while tally.total() < ENTRIES {
            for (_, number) in batches.next().await.unwrap().unwrap() {
                tally.add(number);
            }
            if tally.total() / EACH <= kills + silences || tally.total() == ENTRIES {
                continue;
            }
            if kills > silences {
                server.borrow().freeze();
                silences += 1;
            } else {
                block_in_place(|| server.borrow_mut().restart());
                kills += 1;
            }
        }
    }
    producer.await.unwrap();
    let loading = loading.into_inner();
    assert!(loading > 0);
    let over = format!("{kills} kills and {silences} silences; {loading} times LOADING");
    tally.once_each("entries of a stream of Redis", &over);
}

/// A number in the stream's description.
async fn info(client: &Client, field: &str) -> String {
    let mut connection = connect(client).await.unwrap();
    let mut info = cmd("XINFO");
    let info = info.arg("STREAM").arg("log").query_async(&mut connection);
    let info: HashMap<String, Value> = info.await.unwrap();
    from_redis_value(info[field].clone()).unwrap()
}

/// Reads on after an id, until nothing has come for a while.
async fn read_on(client: &Client, after: String) -> Vec<usize> {
    let policy = RetryPolicy::new().stop(stop::after_attempt(1));
    let batches = policy.run_stream(after, |after| batches(client, after), |batch| last(batch));
    let batches = batches.idle_timeout(Duration::from_millis(300));
    let batches: Vec<_> = batches.collect().await;
    let (silence, batches) = batches.split_last().unwrap();
    assert!(silence.as_ref().unwrap_err().is_timeout());
    let entries = batches.iter().flat_map(|batch| batch.as_ref().unwrap());
    entries.map(|(_, number)| *number).collect()
}

/// Entries that were trimmed before they were read are missing without an error. The count of those added tells.
#[tokio::test]
async fn what_was_trimmed_is_missing_in_silence() {
    let Some(server) = Redis::start() else {
        return;
    };
    let client = Client::open(server.url()).unwrap();
    for number in 1..=30 {
        add(&client, number).await.unwrap();
    }
    let mut connection = connect(&client).await.unwrap();
    let mut trim = cmd("XTRIM");
    let trim = trim.arg("log").arg("MAXLEN").arg(5);
    trim.exec_async(&mut connection).await.unwrap();
    assert_eq!(
        read_on(&client, "10-0".to_owned()).await,
        [26, 27, 28, 29, 30]
    );
    let (added, kept) = (
        info(&client, "entries-added").await,
        info(&client, "length").await,
    );
    assert_eq!(
        (added.as_str(), kept.as_str()),
        ("30", "5"),
        "10 were read, and 25 trimmed"
    );
    assert_eq!(
        info(&client, "max-deleted-entry-id").await,
        "0-0",
        "it does not tell"
    );
}

/// A server without a log of its own begins again, with ids before the cursor.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_forgets_is_waited_for() {
    let Some(mut server) = Redis::start() else {
        return;
    };
    let client = Client::open(server.url()).unwrap();
    add(&client, 7).await.unwrap();
    assert_eq!(read_on(&client, "0-0".to_owned()).await, [7]);
    block_in_place(|| server.restart());
    add(&client, 1).await.unwrap();
    let unread = read_on(&client, "7-0".to_owned()).await;
    assert!(unread.is_empty(), "{unread:?}");
    assert_eq!(
        info(&client, "last-generated-id").await,
        "1-0",
        "it is before the cursor"
    );
}

/// The client waits for no reply longer than for half a second, unless it is configured.
#[tokio::test]
async fn a_block_outlasts_the_patience_of_a_client() {
    let Some(server) = Redis::start() else {
        return;
    };
    let client = Client::open(server.url()).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    let mut read = cmd("XREAD");
    let read = read
        .arg("BLOCK")
        .arg(60_000)
        .arg("STREAMS")
        .arg("log")
        .arg("0-0");
    let silence: RedisError = read.exec_async(&mut connection).await.unwrap_err();
    assert!(
        silence.is_timeout() && silence.verdict().is_retry(),
        "{silence}"
    );
}

/// An entry that a consumer of a group did not receive is pending, and `>` gives it to nobody.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_group_has_given_is_not_given_again() {
    let Some(server) = Redis::start() else {
        return;
    };
    let client = Client::open(server.url()).unwrap();
    for number in 1..=3 {
        add(&client, number).await.unwrap();
    }
    let mut connection = connect(&client).await.unwrap();
    let mut create = cmd("XGROUP");
    let create = create.arg("CREATE").arg("log").arg("group").arg("0");
    create.exec_async(&mut connection).await.unwrap();
    let read = |from: &str| {
        let mut read = cmd("XREADGROUP");
        read.arg("GROUP")
            .arg("group")
            .arg("one")
            .arg("COUNT")
            .arg(1);
        read.arg("STREAMS").arg("log").arg(from);
        read
    };
    server.freeze();
    let first = read(">");
    let first = first.exec_async(&mut connection);
    tokio::time::timeout(Duration::from_millis(100), first)
        .await
        .unwrap_err();
    server.thaw();
    let next = read(">")
        .query_async::<Reply>(&mut connection)
        .await
        .unwrap();
    assert_eq!(entries(next).collect::<Vec<_>>(), [("2-0".to_owned(), 2)]);
    let pending = read("0")
        .query_async::<Reply>(&mut connection)
        .await
        .unwrap();
    assert_eq!(
        entries(pending).collect::<Vec<_>>(),
        [("1-0".to_owned(), 1)]
    );
}
