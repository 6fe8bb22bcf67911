//! A table that is read by a key, row by row, from a PostgreSQL that is killed: every row once.

use std::pin::pin;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::Duration;

use futures_util::stream::{self, Stream, StreamExt, TryStreamExt};
use persevere::{RetryPolicy, retry, stop, wait, when};
use support::{Postgres, Tally, signal};
use tokio::task::block_in_place;
use tokio_postgres::types::Type;
use tokio_postgres::{Client, Error, Row};

use crate::common::connect;

const ROWS: i32 = 600;
const EACH: usize = 100;


/// A connection to a server that is killed and started.
#[retry(stop = after_delay(1min), wait = 10ms, when = transient())]
async fn patient(url: &str) -> Result<Client, Error> {
    connect(url).await
}

/// The rows after this one, as they come. The connection has a name, by which it is found.
fn rows(url: &str, after: i32, opened: &AtomicU32) -> impl Stream<Item = Result<i32, Error>> {
    let url = format!("{url}?application_name=reader");
    let rows = async move {
        let client = connect(&url).await?;
        let sql = "select id, filler from big where id > $1 order by id";
        let rows = client.query_raw(sql, [after]).await?;
        opened.fetch_add(1, Relaxed);
        Ok::<_, Error>(rows)
    };
    stream::once(rows).try_flatten().map_ok(|row| row.get(0))
}

/// Ends the reader's backend, in one of three ways.
async fn kill(server: &Postgres, times: u32) {
    let admin = patient(&server.url()).await.unwrap();
    let reader = "select pid from pg_stat_activity where application_name = 'reader' order by backend_start desc";
    match times % 3 {
        0 => {
            let kill = format!("select pg_terminate_backend(pid) from ({reader}) as readers");
            admin.batch_execute(&kill).await.unwrap();
        }
        1 => {
            // Its parent ends all others, and recovers.
            let pid: i32 = admin.query(reader, &[]).await.unwrap()[0].get(0);
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
    let (url, opened, mut kills) = (server.url(), AtomicU32::new(0), 0);
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
            if tally.total() % EACH == 0 && tally.total() < ROWS as usize {
                kill(&server, kills).await;
                kills += 1;
            }
        }
    }
    assert!(opened.into_inner() > kills, "none was in the middle");
    tally.once_each("rows of a table", &format!("{kills} kills"));
}
