//! A PostgreSQL that is really killed, whose transactions really conflict, through `tokio_postgres`.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use persevere::testing::{Recorder, Scope};
use persevere::{RetryStats, StopReason, Transient, retry};
use support::Postgres;
use tokio::sync::{self, Barrier};
use tokio_postgres::{Client, Error, IsolationLevel, NoTls};

async fn connect(url: &str) -> Result<Client, Error> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

/// One connection, made anew where it is broken.
struct Database {
    url: String,
    client: sync::Mutex<Option<Client>>,
    connections: AtomicU32,
}

impl Database {
    fn new(server: &Postgres) -> Self {
        Database {
            url: server.url(),
            client: sync::Mutex::default(),
            connections: AtomicU32::new(0),
        }
    }

    #[retry(stop = after_attempt(100), wait = 20ms, when = transient())]
    async fn query(&self, sql: &str) -> Result<i32, Error> {
        let mut slot = self.client.lock().await;
        let client = match slot.take().filter(|client| !client.is_closed()) {
            Some(client) => slot.insert(client),
            None => {
                self.connections.fetch_add(1, Relaxed);
                slot.insert(connect(&self.url).await?)
            }
        };
        Ok(client.query_one(sql, &[]).await?.get(0))
    }
}

#[tokio::test]
async fn a_terminated_backend_is_replaced() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let database = Database::new(&server);
    let pid = database.query("select pg_backend_pid()").await.unwrap();
    let admin = connect(&server.url()).await.unwrap();

    // Killed while it idles.
    admin
        .execute("select pg_terminate_backend($1)", &[&pid])
        .await
        .unwrap();
    let other = database.query("select pg_backend_pid()").await.unwrap();
    assert_ne!(pid, other);

    // Killed while it works.
    let recorder = Recorder::new();
    let sql = "select pg_backend_pid() from pg_sleep(case when pg_backend_pid() = OTHER then 60 else 0 end)";
    let sql = sql.replace("OTHER", &other.to_string());
    let slow = Scope::new()
        .record(&recorder)
        .run_async(database.query(&sql));
    let kill = async {
        let asleep = "select pg_terminate_backend(pid) from pg_stat_activity where pid = $1 and wait_event = 'PgSleep'";
        while admin.execute(asleep, &[&other]).await.unwrap() == 0 {
            tokio::task::yield_now().await;
        }
    };
    let (third, ()) = tokio::join!(slow, kill);
    assert_ne!(third.unwrap(), other);
    let recorded = recorder.recorded();
    assert!(recorded.of("query").events().len() >= 3, "{recorded:?}");
    assert!(database.connections.load(Relaxed) >= 3);
}

#[tokio::test]
async fn what_a_kill_says() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let client = connect(&server.url()).await.unwrap();
    let kill = "select pg_terminate_backend(pg_backend_pid())";
    let error = client.query_one(kill, &[]).await.unwrap_err();
    assert_eq!(error.code().map(|code| code.code()), Some("57P01"));
    // It may have been in the middle of anything.
    assert!(error.verdict().is_retry() && !error.unsent());
    let error = client.query_one("select 1", &[]).await.unwrap_err();
    assert!(error.is_closed() && error.verdict().is_retry() && !error.unsent());
}

#[tokio::test]
async fn a_syntax_error_is_never_retried() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let (database, recorder) = (Database::new(&server), Recorder::new());
    for (sql, code) in [
        ("selekt 1", "42601"),
        ("select * from no_such_table", "42P01"),
        ("select 1/0", "22012"),
    ] {
        let error = Scope::new()
            .record(&recorder)
            .run_async(database.query(sql))
            .await
            .unwrap_err();
        assert_eq!(error.code().map(|code| code.code()), Some(code));
    }
    recorder.recorded().attempts(3).never_gave_up();
}

#[tokio::test]
async fn transactions_in_conflict_are_run_again_as_a_whole() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    static STATS: RetryStats = RetryStats::new();

    /// The transaction is the attempt.
    #[retry(
        stop = after_attempt(100),
        wait = exponential(1ms).max(50ms).full_jitter(),
        when = transient(),
        stats = &STATS,
    )]
    async fn increment(client: &mut Client) -> Result<(), Error> {
        let transaction = client
            .build_transaction()
            .isolation_level(IsolationLevel::Serializable)
            .start()
            .await?;
        let row = transaction
            .query_one("select value from counters where name = 'hits'", &[])
            .await?;
        let value: i32 = row.get(0);
        transaction
            .execute(
                "update counters set value = $1 where name = 'hits'",
                &[&(value + 1)],
            )
            .await?;
        transaction.commit().await
    }

    let setup = connect(&server.url()).await.unwrap();
    setup
        .batch_execute("create table counters (name text primary key, value int); insert into counters values ('hits', 0)")
        .await
        .unwrap();
    let url = server.url();
    let tasks = (0..4).map(|_| {
        let url = url.clone();
        tokio::spawn(async move {
            let mut client = connect(&url).await.unwrap();
            for _ in 0..25 {
                increment(&mut client).await.unwrap();
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
    let total = setup
        .query_one("select value from counters where name = 'hits'", &[])
        .await
        .unwrap();
    assert_eq!(total.get::<_, i32>(0), 100);
    assert_eq!(STATS.calls(), 100);

    // On purpose: of two that have read the same, one is refused with 40001.
    let barrier = Barrier::new(2);
    let once = async |both: &Barrier| {
        let mut client = connect(&url).await.unwrap();
        let transaction = client
            .build_transaction()
            .isolation_level(IsolationLevel::Serializable)
            .start()
            .await?;
        transaction
            .query_one("select sum(value) from counters", &[])
            .await?;
        both.wait().await;
        transaction
            .execute("update counters set value = value + 1", &[])
            .await?;
        transaction.commit().await
    };
    let (one, other) = tokio::join!(once(&barrier), once(&barrier));
    let refused = one.err().or(other.err()).expect("one is refused");
    assert_eq!(refused.code().map(|code| code.code()), Some("40001"));
    assert!(refused.verdict().is_retry() && refused.unsent());
}

#[tokio::test]
async fn a_deadlock_ends_with_both_committed() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    static STATS: RetryStats = RetryStats::new();

    #[retry(stop = after_attempt(20), wait = 5ms, when = transient(), stats = &STATS, attempt = at)]
    async fn transfer(
        client: &mut Client,
        both: &Barrier,
        from: i32,
        to: i32,
    ) -> Result<(), Error> {
        let transaction = client.transaction().await?;
        transaction
            .execute(
                "update accounts set cents = cents - 1 where id = $1",
                &[&from],
            )
            .await?;
        if at.number() == 1 {
            both.wait().await;
        }
        transaction
            .execute(
                "update accounts set cents = cents + 1 where id = $1",
                &[&to],
            )
            .await?;
        transaction.commit().await
    }

    let mut one = connect(&server.url()).await.unwrap();
    let mut other = connect(&server.url()).await.unwrap();
    one.batch_execute("create table accounts (id int primary key, cents int); insert into accounts values (1, 10), (2, 10)")
        .await
        .unwrap();
    let both = Barrier::new(2);
    let (forth, back) = tokio::join!(
        transfer(&mut one, &both, 1, 2),
        transfer(&mut other, &both, 2, 1)
    );
    forth.and(back).unwrap();
    // One of them was the victim.
    assert_eq!((STATS.calls(), STATS.retries()), (2, 1));
    let sums = one
        .query_one("select min(cents), max(cents) from accounts", &[])
        .await
        .unwrap();
    assert_eq!((sums.get::<_, i32>(0), sums.get::<_, i32>(1)), (10, 10));
}

#[tokio::test]
async fn a_lock_that_is_held_is_waited_for() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let database = Database::new(&server);
    let mut holder = connect(&server.url()).await.unwrap();
    holder
        .batch_execute("create table locked (id int); insert into locked values (7)")
        .await
        .unwrap();
    let held = holder.transaction().await.unwrap();
    held.execute("select id from locked for update", &[])
        .await
        .unwrap();
    let recorder = Recorder::new();
    let wait = Scope::new()
        .record(&recorder)
        .run_async(database.query("select id from locked for update nowait"));
    let release = async {
        while recorder.recorded().all_pauses().len() < 2 {
            tokio::task::yield_now().await;
        }
        held.commit().await.unwrap();
    };
    let (value, ()) = tokio::join!(wait, release);
    assert_eq!(value.unwrap(), 7);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_stopped_and_started() {
    let Some(server) = Postgres::start() else {
        return;
    };
    let (database, recorder) = (Database::new(&server), Recorder::new());
    assert_eq!(database.query("select 1").await.unwrap(), 1);
    server.down();
    let refused = connect(&server.url()).await.map(drop).unwrap_err();
    assert!(refused.verdict().is_retry() && refused.unsent());

    let off = Scope::capped(3)
        .record(&recorder)
        .run_async(database.query("select 1"))
        .await;
    assert!(off.is_err());
    recorder
        .recorded()
        .attempts(3)
        .gave_up(StopReason::Attempts);

    let query = database.query("select 2");
    let start = async { tokio::task::block_in_place(|| server.up()) };
    let (value, ()) = tokio::join!(query, start);
    assert_eq!(value.unwrap(), 2);
}
