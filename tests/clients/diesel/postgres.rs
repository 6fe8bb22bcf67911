//! PostgreSQL over libpq: in conflict, shut down, without a place; and pools of it.

use super::*;
use diesel::r2d2::{ConnectionManager, ManageConnection, Pool};
use diesel::{ConnectionError, PgConnection};
use persevere::{RetryPolicy, stop, wait, when};
use std::sync::Mutex;
use support::{Postgres, free_port};

const MANUAL: &str = "PostgreSQL's manual, appendix A";

fn check(server: &Postgres, fault: &str, seen: &str, error: &Error, health: Health) {
    let row = Row::new("diesel", fault).server(server.version());
    row.seen(seen).source(MANUAL).check(error);
    assert_eq!(error.health(), health, "{fault}");
}

fn connect(server: &Postgres) -> PgConnection {
    PgConnection::establish(&server.url()).unwrap()
}

fn rows(server: &Postgres, table: &str) -> i32 {
    let count = sql_query(format!("select count(*)::int4 as rows from {table}"));
    count
        .get_result::<Count>(&mut connect(server))
        .unwrap()
        .rows
}

#[test]
fn conflicts_are_unsent_and_take_place_once() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let mut setup = connect(&server);
    setup.batch_execute("create table locks (id int); create table locks_log (id int); insert into locks values (1)").unwrap();
    let mut holder = connect(&server);
    holder
        .batch_execute("begin; update locks set id = 2")
        .unwrap();
    let mut first = true;
    let attempt = || {
        let mut db = connect(&server);
        db.transaction(|db| {
            db.batch_execute("insert into locks_log values (1)")?;
            let conflict = first;
            first = !first;
            match conflict {
                true => db.batch_execute("select * from locks for update nowait"),
                false => Ok(()),
            }
        })
    };
    let (once, again) = processed(attempt, || rows(&server, "locks_log"));
    assert_eq!((once, again), (1, 1));
    let nowait = "select * from locks for update nowait";
    let error = setup.batch_execute(nowait).unwrap_err();
    Row::new("diesel", "PostgreSQL: a lock is not to be had")
        .server(server.version())
        .seen("could not obtain lock")
        .source(MANUAL)
        .processed(once, again)
        .check(&error);
    assert_eq!(error.health(), Health::Well);
    let timeout = "set lock_timeout = 20; update locks set id = 3";
    let error = setup.batch_execute(timeout).unwrap_err();
    check(
        &server,
        "PostgreSQL: a lock is not to be had in time",
        "lock timeout",
        &error,
        Health::Well,
    );
}

#[test]
fn a_deadlock_is_known_by_its_text_and_a_serialization_failure_by_its_kind() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let (mut one, mut other) = (connect(&server), connect(&server));
    one.batch_execute(
        "create table dead (id int primary key, n int); insert into dead values (1, 0), (2, 0)",
    )
    .unwrap();
    let take = |id| format!("update dead set n = n + 1 where id = {id}");
    one.batch_execute("begin").unwrap();
    one.batch_execute(&take(1)).unwrap();
    other.batch_execute("begin").unwrap();
    other.batch_execute(&take(2)).unwrap();
    let waits = std::thread::spawn(move || {
        let outcome = other.batch_execute(&take(1));
        (other, outcome)
    });
    let first = one.batch_execute(&take(2));
    let (mut other, second) = {
        let _ = one.batch_execute("rollback");
        waits.join().unwrap()
    };
    let error = first.and(second).unwrap_err();
    check(
        &server,
        "PostgreSQL: a deadlock",
        "deadlock detected",
        &error,
        Health::Well,
    );
    let _ = other.batch_execute("rollback");
    one.batch_execute("begin isolation level repeatable read; select * from dead")
        .unwrap();
    other.batch_execute(&take(1)).unwrap();
    let error = one.batch_execute(&take(1)).unwrap_err();
    check(
        &server,
        "PostgreSQL: a serialization failure",
        "could not serialize",
        &error,
        Health::Well,
    );
}

#[test]
fn mistakes_are_final() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let mut db = connect(&server);
    for (fault, seen, sql, health) in [
        (
            "PostgreSQL: syntax",
            "syntax error",
            "selekt 1",
            Health::Well,
        ),
        (
            "PostgreSQL: unique constraint",
            "duplicate key",
            "create table once (id int unique); insert into once values (1), (1)",
            Health::Well,
        ),
        (
            "PostgreSQL: a statement runs out of its time",
            "statement timeout",
            "set statement_timeout = 20; select pg_sleep(5)",
            Health::Failed,
        ),
        (
            "PostgreSQL: a write in a read-only transaction",
            "read-only transaction",
            "begin read only; create table never (id int)",
            Health::Unknown,
        ),
    ] {
        let error = db.batch_execute(sql).unwrap_err();
        check(&server, fault, seen, &error, health);
        let _ = db.batch_execute("rollback; set statement_timeout = 0");
    }
}

#[test]
fn lost_connections_are_retried_and_never_unsent() {
    let Some(server) = Postgres::start() else {
        return;
    };
    let (mut idle, mut inside, mut own) = (connect(&server), connect(&server), connect(&server));
    let error = own.transaction(|_| {
        inside.transaction(|inside| {
            server.down();
            inside.batch_execute("create table t (id int)")
        })
    });
    let error = error.unwrap_err();
    // That of the ROLLBACK of a transaction which knew nothing of it.
    check(
        &server,
        "PostgreSQL: shut down, at the ROLLBACK",
        "connection",
        &error,
        Health::Failed,
    );
    let error = inside.transaction(|_| Ok::<_, Error>(())).unwrap_err();
    check(
        &server,
        "PostgreSQL: the next transaction on a lost connection",
        "transaction manager is broken",
        &error,
        Health::Failed,
    );
    let error = idle.batch_execute("select 1").unwrap_err();
    check(
        &server,
        "PostgreSQL: shut down while the connection was idle",
        "connection",
        &error,
        Health::Failed,
    );
    let error = sql_query("select 1").execute(&mut idle).unwrap_err();
    check(
        &server,
        "PostgreSQL: the next statement on a lost connection",
        "no connection to the server",
        &error,
        Health::Failed,
    );
}

/// The closure's own error, which is final, is gone with the connection.
#[test]
fn the_error_of_a_closure_is_lost_with_its_connection() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let (mut db, mut other) = (connect(&server), connect(&server));
    let own = sql_query("select pg_backend_pid() as rows").get_result::<Count>(&mut db);
    let kill = format!("select pg_terminate_backend({})", own.unwrap().rows);
    let outcome = db.transaction(|_| {
        sql_query(kill).execute(&mut other)?;
        Err::<(), _>(Error::NotFound)
    });
    let error = outcome.unwrap_err();
    assert_ne!(error, Error::NotFound);
    assert!(error.verdict().is_retry() && !error.unsent(), "{error:?}");
}

/// PostgreSQL has given up the transaction, and COMMIT is its end all the same.
#[test]
fn a_statement_whose_error_is_passed_over_undoes_the_transaction_without_a_word() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let mut db = connect(&server);
    db.batch_execute("create table over (id int unique)")
        .unwrap();
    let outcome = db.transaction(|db| {
        db.batch_execute("insert into over values (1)")?;
        let _ = db.batch_execute("insert into over values (1)");
        Ok::<_, Error>(())
    });
    assert_eq!((outcome, rows(&server, "over")), (Ok(()), 0));
}

#[test]
fn a_server_that_has_no_place_or_is_down_is_retried_and_a_password_is_not() {
    let check = |server: &str, fault, seen, error: &ConnectionError, health| {
        let row = Row::new("diesel", fault).server(server).seen(seen);
        row.source("libpq 15, fe-connect.c").check(error);
        assert_eq!(error.health(), health, "{fault}");
    };
    let dead = format!("postgresql://test@127.0.0.1:{}/postgres", free_port());
    let error = PgConnection::establish(&dead).err().unwrap();
    check(
        "loopback",
        "PostgreSQL: the connection is refused",
        "Connection refused",
        &error,
        Health::Failed,
    );
    let error = PgConnection::establish("postgresql://nowhere.invalid/postgres")
        .err()
        .unwrap();
    check(
        "loopback",
        "PostgreSQL: the name does not resolve",
        "could not translate host name",
        &error,
        Health::Failed,
    );
    let Some(server) = Postgres::start_with(&["max_connections=4"]) else {
        return;
    };
    let version = server.version();
    let unknown = PgConnection::establish(&server.url_of("test", "nowhere"))
        .err()
        .unwrap();
    check(
        &version,
        "PostgreSQL: no such database",
        "does not exist",
        &unknown,
        Health::Well,
    );
    let mut taken = Vec::new();
    let error = loop {
        match PgConnection::establish(&server.url()) {
            Ok(one) => taken.push(one),
            Err(error) => break error,
        }
    };
    check(
        &version,
        "PostgreSQL: too many connections",
        "too many clients",
        &error,
        Health::Failed,
    );
    taken.clear();
    server.ask_for_passwords();
    let error = PgConnection::establish(&server.url_of("test:guess", "postgres"))
        .err()
        .unwrap();
    check(
        &version,
        "PostgreSQL: a wrong password",
        "password authentication failed",
        &error,
        Health::Well,
    );
}

/// A manager that connects while nobody holds the gate.
#[derive(Debug)]
struct Gated(ConnectionManager<PgConnection>);

static GATE: Mutex<()> = Mutex::new(());

impl ManageConnection for Gated {
    type Connection = PgConnection;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> Result<PgConnection, Self::Error> {
        let _open = GATE.lock().unwrap();
        self.0.connect()
    }

    fn is_valid(&self, connection: &mut PgConnection) -> Result<(), Self::Error> {
        self.0.is_valid(connection)
    }

    fn has_broken(&self, connection: &mut PgConnection) -> bool {
        self.0.has_broken(connection)
    }
}

/// A pool that does not check its connections hands out each that is lost, to one attempt after the other.
#[test]
fn a_pool_without_checks_costs_an_attempt_for_each_lost_connection() {
    let Some(server) = Postgres::start() else {
        return;
    };
    for (checks, attempts) in [(true, 1), (false, 4)] {
        let manager = ConnectionManager::<PgConnection>::new(server.url());
        let pool = Pool::builder()
            .max_size(3)
            .test_on_check_out(checks)
            .build(Gated(manager))
            .unwrap();
        // Threads of the pool replace what is lost: not before the others have been handed out.
        let mut closed = Some(GATE.lock().unwrap());
        server.down();
        server.up();
        let policy = RetryPolicy::new()
            .stop(stop::after_attempt(9))
            .wait(wait::none());
        let policy = policy.when(when::transient());
        let mut begun = 0;
        let report = policy.report(|| {
            begun += 1;
            if begun == attempts {
                closed = None;
            }
            pool.get().unwrap().batch_execute("select 1")
        });
        assert_eq!(report.attempts(), attempts);
    }
}
