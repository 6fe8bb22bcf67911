//! A SQLite file that another process really locks.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use std::{env, io};

use persevere::testing::{Recorder, Scope};
use persevere::{Transient, retry};
use rusqlite::{Connection, Error, TransactionBehavior};
use support::Scratch;

const HOLDS: &str = "PERSEVERE_HOLDS_A_LOCK_ON";

/// This test again, in another process: it locks the file until its input ends.
#[test]
fn the_other_process() {
    let Some(file) = env::var_os(HOLDS) else {
        return;
    };
    let mut connection = Connection::open(file).unwrap();
    let behavior = TransactionBehavior::Exclusive;
    let transaction = connection.transaction_with_behavior(behavior).unwrap();
    println!("\nlocked");
    io::stdout().flush().unwrap();
    io::copy(&mut io::stdin(), &mut io::sink()).unwrap();
    drop(transaction);
}

fn lock(file: &Path) -> Child {
    let mut other = Command::new(env::current_exe().unwrap())
        .args(["--exact", "sqlite::the_other_process", "--nocapture"])
        .env(HOLDS, file)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(other.stdout.as_mut().unwrap()).lines();
    assert!(lines.map_while(Result::ok).any(|line| line == "locked"));
    other
}

/// The transaction is the attempt.
#[retry(stop = after_attempt(1000), wait = 5ms, when = transient())]
fn increment(connection: &mut Connection) -> Result<i64, Error> {
    let behavior = TransactionBehavior::Immediate;
    let transaction = connection.transaction_with_behavior(behavior)?;
    transaction.execute("update counter set value = value + 1", [])?;
    let value = transaction.query_row("select value from counter", [], |row| row.get(0))?;
    transaction.commit()?;
    Ok(value)
}

/// A connection that fails at once where another has a lock.
fn open(file: &Path) -> Connection {
    let connection = Connection::open(file).unwrap();
    connection.busy_timeout(Duration::ZERO).unwrap();
    connection
}

fn create(file: &Path) -> Connection {
    let connection = open(file);
    let sql = "create table counter (value); insert into counter values (0)";
    connection.execute_batch(sql).unwrap();
    connection
}

#[test]
fn a_file_that_another_process_locks() {
    let scratch = Scratch::new("sqlite");
    let file = scratch.path().join("database");
    let mut connection = create(&file);
    let mut other = lock(&file);

    let recorder = Recorder::new();
    let error = Scope::capped(3)
        .record(&recorder)
        .run(|| increment(&mut connection));
    let error = error.unwrap_err();
    assert_eq!(
        error.sqlite_error_code(),
        Some(rusqlite::ErrorCode::DatabaseBusy)
    );
    assert!(error.verdict().is_retry() && !error.unsent());
    recorder.recorded().attempts(3);

    recorder.clear();
    let watch = recorder.clone();
    let value = std::thread::scope(|scope| {
        let release = scope.spawn(move || {
            while watch.recorded().all_pauses().len() < 2 {
                std::thread::yield_now();
            }
            drop(other.stdin.take());
            other.wait().unwrap()
        });
        let value = Scope::new()
            .record(&recorder)
            .run(|| increment(&mut connection));
        assert!(release.join().unwrap().success());
        value
    });
    assert_eq!(value.unwrap(), 1);
    assert!(recorder.recorded().all_pauses().len() >= 2);
}

#[test]
fn a_syntax_error_is_never_retried() {
    #[retry(when = transient())]
    fn broken(connection: &Connection) -> Result<usize, Error> {
        connection.execute("selekt 1", [])
    }

    let recorder = Recorder::new();
    let connection = Connection::open_in_memory().unwrap();
    assert!(
        Scope::new()
            .record(&recorder)
            .run(|| broken(&connection))
            .is_err()
    );
    recorder.recorded().attempts(1).never_gave_up();
}

#[test]
fn writers_of_one_file_lose_nothing() {
    let scratch = Scratch::new("sqlite");
    let file = scratch.path().join("database");
    create(&file);
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                let mut connection = open(&file);
                for _ in 0..20 {
                    increment(&mut connection).unwrap();
                }
            });
        }
    });
    assert_eq!(increment(&mut open(&file)).unwrap(), 61);
}
