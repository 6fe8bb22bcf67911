//! `diesel` against databases that conflict, refuse, are full or are stopped: SQLite, and where their C libraries
//! are installed PostgreSQL and MariaDB.

use diesel::connection::SimpleConnection;
use diesel::result::Error;
use diesel::sql_types::Integer;
use diesel::{Connection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query};
use persevere::{Health, RetryPolicy, Transient, stop, wait, when};
use support::{Row, Scratch, interrupted};

/// The number of rows.
#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = Integer)]
    rows: i32,
}

/// The number of rows that a call of three attempts leaves behind, under `unsent()` and under `transient()`.
fn processed<E: Transient>(
    mut attempt: impl FnMut() -> Result<(), E>,
    rows: impl Fn() -> i32,
) -> (u32, u32) {
    let policy = || {
        RetryPolicy::new()
            .stop(stop::after_attempt(3))
            .wait(wait::none())
    };
    let before = rows();
    let _ = policy().when(when::unsent()).run(&mut attempt);
    let between = rows();
    let _ = policy().when(when::transient()).run(&mut attempt);
    let count = |rows: i32| u32::try_from(rows).unwrap();
    (count(between - before), count(rows() - between))
}

#[test]
fn interrupts_have_a_place() {
    interrupted::each_is_judged::<Error>();
}

#[tokio::test(start_paused = true)]
async fn interrupts_are_found_again() {
    interrupted::each_guard::<Error>().await;
}

mod of_sqlite {
    use super::*;

    const SOURCE: &str = "SQLite, result codes";

    fn open(scratch: &Scratch) -> SqliteConnection {
        SqliteConnection::establish(scratch.path().join("file").to_str().unwrap()).unwrap()
    }

    fn check(fault: &str, seen: &str, error: &Error, health: Health) {
        Row::new("diesel", fault)
            .server("SQLite")
            .seen(seen)
            .source(SOURCE)
            .check(error);
        assert_eq!(error.health(), health, "{fault}");
    }

    fn rows(scratch: &Scratch) -> i32 {
        let count = sql_query("select count(*) as rows from t");
        count.get_result::<Count>(&mut open(scratch)).unwrap().rows
    }

    /// A statement that has committed by itself stays, though a later one finds the database busy.
    #[test]
    fn a_busy_database_is_retried_and_is_well() {
        let scratch = Scratch::new("diesel");
        let (mut one, mut other) = (open(&scratch), open(&scratch));
        one.batch_execute("pragma journal_mode = wal; create table t (id integer)")
            .unwrap();
        other
            .batch_execute("create table lock (id integer)")
            .unwrap();
        let attempt = || {
            one.batch_execute("insert into t values (1)")?;
            other.batch_execute("begin immediate").unwrap();
            let busy = one.transaction(|one| one.batch_execute("insert into t values (2)"));
            other.batch_execute("rollback").unwrap();
            busy
        };
        let (once, again) = processed(attempt, || rows(&scratch));
        other.batch_execute("begin immediate").unwrap();
        let error = one.batch_execute("insert into t values (3)").unwrap_err();
        let fault = "SQLite: another connection writes";
        let row = Row::new("diesel", fault)
            .server("SQLite")
            .seen("database is locked");
        row.source(SOURCE).processed(once, again).check(&error);
        assert_eq!(error.health(), Health::Well);
    }

    #[test]
    fn refusals_are_final() {
        let scratch = Scratch::new("diesel");
        let mut db = open(&scratch);
        db.batch_execute("create table t (id integer unique); insert into t values (1)")
            .unwrap();
        let error = sql_query("insert into t values (1)")
            .execute(&mut db)
            .unwrap_err();
        check("SQLite: unique constraint", "UNIQUE", &error, Health::Well);
        let error = sql_query("select 1 from nowhere")
            .execute(&mut db)
            .unwrap_err();
        check(
            "SQLite: no such table",
            "no such table",
            &error,
            Health::Well,
        );
        db.batch_execute("pragma max_page_count = 2").unwrap();
        let blob = "insert into t values (zeroblob(100000))";
        let error = sql_query(blob).execute(&mut db).unwrap_err();
        check(
            "SQLite: the database is full",
            "full",
            &error,
            Health::Failed,
        );
        let error = SqliteConnection::establish("/nowhere/file").err().unwrap();
        Row::new("diesel", "SQLite: the folder is not there")
            .server("SQLite")
            .seen("open")
            .source(SOURCE)
            .check(&error);
        assert_eq!(error.health(), Health::Failed);
    }

    /// A shared cache locks tables, and no `busy_timeout` waits for them.
    #[test]
    fn a_lock_of_a_shared_cache_is_retried() {
        let uri = "file:diesel?mode=memory&cache=shared";
        let (mut one, mut other) = (
            SqliteConnection::establish(uri).unwrap(),
            SqliteConnection::establish(uri).unwrap(),
        );
        one.batch_execute("create table t (id integer); begin; insert into t values (1)")
            .unwrap();
        let error = sql_query("select id from t")
            .execute(&mut other)
            .unwrap_err();
        check(
            "SQLite: a lock of a shared cache",
            "table is locked: t",
            &error,
            Health::Well,
        );
    }
}

#[cfg(feature = "libpq")]
mod of_postgres {
    use super::*;
    use diesel::r2d2::{ConnectionManager, Pool};
    use diesel::{ConnectionError, PgConnection};
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
        let (mut idle, mut inside, mut own) =
            (connect(&server), connect(&server), connect(&server));
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
                .build(manager)
                .unwrap();
            server.down();
            server.up();
            let policy = RetryPolicy::new()
                .stop(stop::after_attempt(9))
                .wait(wait::none());
            let policy = policy.when(when::transient());
            let report = policy.report(|| pool.get().unwrap().batch_execute("select 1"));
            assert_eq!(report.attempts(), attempts);
        }
    }
}

#[cfg(feature = "libmariadb")]
mod of_mariadb {
    use super::*;
    use diesel::MysqlConnection;
    use support::{MariaDb, free_port};

    const MANUAL: &str = "MariaDB's manual, error codes";

    fn connect(server: &MariaDb) -> MysqlConnection {
        MysqlConnection::establish(&server.url()).unwrap()
    }

    fn check(server: &MariaDb, fault: &str, seen: &str, error: &Error, health: Health) {
        let row = Row::new("diesel", fault).server(server.version());
        row.seen(seen).source(MANUAL).check(error);
        assert_eq!(error.health(), health, "{fault}");
    }

    #[test]
    fn conflicts_are_known_by_their_text() {
        let Some(server) = MariaDb::shared() else {
            return;
        };
        let (mut one, mut other) = (connect(&server), connect(&server));
        one.batch_execute("create table diesel (id int primary key, n int); insert into diesel values (1, 0), (2, 0)").unwrap();
        other
            .batch_execute("begin; update diesel set n = 1 where id = 1")
            .unwrap();
        one.batch_execute("set innodb_lock_wait_timeout = 0")
            .unwrap();
        let take = "update diesel set n = n + 1 where id = 1";
        let error = sql_query(take).execute(&mut one).unwrap_err();
        check(
            &server,
            "MariaDB: a lock is not to be had",
            "Lock wait timeout",
            &error,
            Health::Well,
        );
        other.batch_execute("rollback").unwrap();
        one.batch_execute("begin; select * from diesel").unwrap();
        other.batch_execute(take).unwrap();
        let error = sql_query(take).execute(&mut one).unwrap_err();
        check(
            &server,
            "MariaDB: a row that another transaction changed",
            "Record has changed",
            &error,
            Health::Well,
        );
        let error = sql_query("selekt 1").execute(&mut one).unwrap_err();
        check(
            &server,
            "MariaDB: syntax",
            "error in your SQL syntax",
            &error,
            Health::Well,
        );
    }

    #[test]
    fn connections_that_are_refused_or_lost_are_retried() {
        let dead = format!("mysql://root@127.0.0.1:{}/test", free_port());
        let error = MysqlConnection::establish(&dead).err().unwrap();
        Row::new("diesel", "MariaDB: the connection is refused")
            .seen("Can't connect to")
            .source("MariaDB Connector/C 3.3, errmsg.c")
            .check(&error);
        let Some(mut server) = MariaDb::start() else {
            return;
        };
        let refused = MysqlConnection::establish(&server.url_of("nobody:guess"))
            .err()
            .unwrap();
        Row::new("diesel", "MariaDB: a wrong password")
            .server(server.version())
            .seen("Access denied")
            .source(MANUAL)
            .check(&refused);
        assert_eq!(refused.health(), Health::Well);
        let mut idle = connect(&server);
        server.down();
        let error = sql_query("select 1").execute(&mut idle).unwrap_err();
        check(
            &server,
            "MariaDB: killed while the connection was idle",
            "Unknown",
            &error,
            Health::Failed,
        );
    }
}
