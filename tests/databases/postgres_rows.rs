//! A table that is read by a key, row by row, from a PostgreSQL that is killed: every row once.

use std::pin::pin;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::Duration;

use futures_util::future::TryFutureExt;
use futures_util::stream::{self, Stream, StreamExt, TryStreamExt};
use persevere::{RetryPolicy, retry, stop, wait, when};
use support::{Postgres, Tally, signal};
use tokio::task::block_in_place;
use tokio::time::sleep;
use tokio_postgres::{Client, Error};

use crate::common::connect;

const ROWS: i32 = 600;
const EACH: usize = 100;

/// A connection to a server that is killed and started.
#[retry(stop = after_delay(1min), wait = 10ms, when = transient())]
async fn patient(url: &str) -> Result<Client, Error> {
    connect(url).await
}

/// The address of a connection that has a name, and whose socket holds few rows: what is killed has not sent all.
fn reader(server: &Postgres) -> String {
    let (folder, port) = (server.sockets().display(), server.port());
    format!("host={folder} port={port} user=test dbname=postgres application_name=reader")
}

/// The rows after this one, as they come.
fn rows(url: &str, after: i32, opened: &AtomicU32) -> impl Stream<Item = Result<i32, Error>> {
    let rows = async move {
        let client = connect(url).await?;
        let sql = "select id, filler from big where id > $1 order by id";
        let rows = client.query_raw(sql, [after]).await?;
        opened.fetch_add(1, Relaxed);
        Ok(rows)
    };
    rows.try_flatten_stream().map_ok(|row| row.get(0))
}

/// Ends the reader's backend, in one of three ways.
async fn kill(server: &Postgres, times: u32) {
    let admin = patient(&server.url()).await.unwrap();
    let readers = "select pid from pg_stat_activity where application_name = 'reader'";
    match times % 3 {
        0 => {
            let kill = format!("select pg_terminate_backend(pid) from ({readers}) as readers");
            admin.batch_execute(&kill).await.unwrap();
        }
        1 => {
            // Its parent ends all others, and recovers.
            let latest = format!("{readers} order by backend_start desc limit 1");
            let pid: i32 = admin.query_one(&latest, &[]).await.unwrap().get(0);
            signal(u32::try_from(pid).unwrap(), "KILL");
        }
        _ => block_in_place(|| {
            server.crash();
            server.up();
        }),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_is_read_over_kills() {
    let Some(server) = Postgres::start() else {
        return;
    };
    let setup = connect(&server.url()).await.unwrap();
    let sql = format!(
        "create table big (id int primary key, filler text);
         insert into big select id, repeat('x', 20000) from generate_series(1, {ROWS}) as id"
    );
    setup.batch_execute(&sql).await.unwrap();
    let (url, opened, mut kills) = (reader(&server), AtomicU32::new(0), 0);
    let policy = RetryPolicy::new()
        .stop(stop::after_delay(Duration::from_secs(60)))
        .wait(wait::fixed(Duration::from_millis(10)))
        .when(when::transient());
    let mut tally = Tally::new(ROWS as usize);
    {
        let open = |after| rows(&url, after, &opened);
        let mut ids = pin!(policy.run_stream(0, open, |id| *id));
        while let Some(id) = ids.next().await {
            tally.add(id.unwrap() as usize);
            if tally.total().is_multiple_of(EACH) && tally.total() < ROWS as usize {
                kill(&server, kills).await;
                kills += 1;
            }
        }
    }
    assert!(opened.into_inner() > kills, "each was in the middle");
    tally.once_each("rows of a table", &format!("{kills} kills"));
}

/// A table whose rows say by which transaction they were written, and those that are seen.
const TABLE: &str = "create table log (
    id int generated always as identity primary key,
    tx bigint default pg_current_xact_id()::text::bigint,
    number int unique
)";

/// A row of it: the transaction that wrote it, its key, and its number.
type Entry = (i64, i32, i32);

/// Reads the rows after a key, in its order.
async fn by_id(client: &Client, after: i32) -> Result<Vec<i32>, Error> {
    let sql = "select id from log where id > $1 order by id";
    let rows = client.query(sql, &[&after]).await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

/// Reads the rows after this transaction and key, up to the first transaction that may still write some.
async fn by_tx(client: &Client, (tx, id): (i64, i32)) -> Result<Vec<Entry>, Error> {
    let sql = "select tx, id, number from log
        where (tx, id) > ($1, $2) and tx < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
        order by tx, id limit 50";
    let rows = client.query(sql, &[&tx, &id]).await?;
    Ok(rows
        .iter()
        .map(|row| (row.get(0), row.get(1), row.get(2)))
        .collect())
}

/// The key is given when the row is written, and the row is seen when its transaction commits.
#[tokio::test]
async fn a_key_alone_misses_what_commits_later() {
    let Some(server) = Postgres::start() else {
        return;
    };
    let (mut one, other) = (
        connect(&server.url()).await.unwrap(),
        connect(&server.url()).await.unwrap(),
    );
    let reader = connect(&server.url()).await.unwrap();
    reader.batch_execute(TABLE).await.unwrap();
    let insert = "insert into log (number) values (1)";
    let earlier = one.transaction().await.unwrap();
    earlier.batch_execute(insert).await.unwrap();
    other
        .batch_execute("insert into log (number) values (2)")
        .await
        .unwrap();

    assert_eq!(by_id(&reader, 0).await.unwrap(), [2]);
    assert!(by_tx(&reader, (0, 0)).await.unwrap().is_empty());
    earlier.commit().await.unwrap();
    let missed = by_id(&reader, 2).await.unwrap();
    assert!(missed.is_empty(), "{missed:?}");
    let rows = by_tx(&reader, (0, 0)).await.unwrap();
    assert!(rows.iter().map(|row| row.1).eq([1, 2]));
}

/// Writes this row. What a broken connection may have committed is not written twice.
#[retry(stop = after_delay(1min), wait = 10ms, when = transient())]
async fn write(url: &str, number: i32) -> Result<(), Error> {
    let client = connect(url).await?;
    let sql = "insert into log (number) values ($1) on conflict do nothing";
    client.execute(sql, &[&number]).await?;
    Ok(())
}

/// The rows after this one, for as long as the connection lives.
fn entries(url: &str, after: (i64, i32)) -> impl Stream<Item = Result<Entry, Error>> {
    let batches = async move {
        let client = connect(url).await?;
        Ok(stream::try_unfold(
            (client, after),
            async |(client, after)| {
                let rows = loop {
                    let rows = by_tx(&client, after).await?;
                    if !rows.is_empty() {
                        break rows;
                    }
                    sleep(Duration::from_millis(2)).await;
                };
                let after = rows.last().map_or(after, |row| (row.0, row.1));
                Ok(Some((stream::iter(rows).map(Ok), (client, after))))
            },
        ))
    };
    batches.try_flatten_stream().try_flatten()
}

/// Four write at a time, so that later keys are committed before earlier ones.
#[tokio::test(flavor = "multi_thread")]
async fn a_table_is_followed_while_it_is_written() {
    let Some(server) = Postgres::start() else {
        return;
    };
    const ROWS: i32 = 400;
    connect(&server.url())
        .await
        .unwrap()
        .batch_execute(TABLE)
        .await
        .unwrap();
    let writers = (0..4).map(|writer| {
        let url = server.url();
        tokio::spawn(async move {
            for number in (1..=ROWS).filter(|number| number % 4 == writer) {
                write(&url, number).await.unwrap();
            }
        })
    });
    let writers = Vec::from_iter(writers);
    let policy = RetryPolicy::new()
        .stop(stop::after_delay(Duration::from_secs(60)))
        .wait(wait::fixed(Duration::from_millis(10)))
        .when(when::transient());
    let (url, mut kills, mut tally) = (server.url(), 0, Tally::new(ROWS as usize));
    {
        let open = |after| entries(&url, after);
        let mut entries = pin!(policy.run_stream((0, 0), open, |row| (row.0, row.1)));
        while tally.total() < ROWS as usize {
            let (_, _, number) = entries.next().await.unwrap().unwrap();
            tally.add(number as usize);
            if tally.total().is_multiple_of(EACH) && tally.total() < ROWS as usize {
                block_in_place(|| {
                    server.crash();
                    server.up();
                });
                kills += 1;
            }
        }
    }
    for writer in writers {
        writer.await.unwrap();
    }
    tally.once_each("rows of a table that four write", &format!("{kills} kills"));
}
