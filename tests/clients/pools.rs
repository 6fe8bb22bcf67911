//! Pools whose servers are down, busy, or refuse a password; and what each pool says of it.

use std::time::Duration;

use persevere::{Health, RetryPolicy, Transient, Verdict, retry, stop, wait, when};
use support::{Postgres, Redis, Row, free_port};
use tokio_postgres::NoTls;

use crate::{TRANSIENT, UNSENT, three};

const SHORT: Duration = Duration::from_millis(500);

mod of_deadpool {
    use super::*;
    use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

    use deadpool_postgres::{
        Config, ManagerConfig, Pool, PoolConfig, PoolError, RecyclingMethod, Runtime, Timeouts,
    };

    fn pool(url: &str) -> Pool {
        let mut config = Config::new();
        config.url = Some(url.into());
        let mut limits = PoolConfig::new(1);
        limits.timeouts = Timeouts::wait_millis(500);
        config.pool = Some(limits);
        config.create_pool(Some(Runtime::Tokio1), NoTls).unwrap()
    }

    fn check(fault: &str, server: String, seen: &str, error: &PoolError) {
        Row::new("deadpool-postgres", fault)
            .server(server)
            .seen(seen)
            .source("deadpool 0.13, managed/errors.rs")
            .check(error);
    }

    #[tokio::test]
    async fn the_error_of_the_manager_decides() {
        let dead = format!("postgresql://test@127.0.0.1:{}/postgres", free_port());
        let refused = pool(&dead).get().await.unwrap_err();
        let place = String::from("loopback");
        check("the server is down", place, "ConnectionRefused", &refused);
        assert_eq!(refused.health(), Health::Failed);
        let Some(server) = Postgres::start() else {
            return;
        };
        server.ask_for_passwords();
        let stranger = pool(&server.url_of("test:guess", "postgres"));
        let refused = stranger.get().await.unwrap_err();
        check("a wrong password", server.version(), "28P01", &refused);
        assert_eq!(refused.health(), Health::Well);
    }

    /// A call that waits for a place is retried by the pool's own error, and finds one.
    #[tokio::test]
    async fn a_pool_without_a_place_is_retried_and_unsent() {
        #[retry(when = unsent(), wait = none())]
        async fn connect(pool: &Pool) -> Result<deadpool_postgres::Object, PoolError> {
            pool.get().await
        }
        let Some(server) = Postgres::shared() else {
            return;
        };
        let pool = pool(&server.url());
        let taken = pool.get().await.unwrap();
        let error = pool.get().await.unwrap_err();
        check(
            "all connections are taken",
            server.version(),
            "Timeout(Wait)",
            &error,
        );
        let freed = async {
            tokio::time::sleep(SHORT * 5 / 4).await;
            drop(taken);
        };
        let (found, ()) = tokio::join!(connect(&pool), freed);
        drop(found.unwrap());
    }

    /// `?` turns the error of a statement into the pool's: what may have been done is not repeated.
    #[tokio::test]
    async fn a_statement_that_was_sent_is_not_unsent_in_the_error_of_the_pool() {
        async fn pay(url: &str) -> Result<(), PoolError> {
            let client = pool(url).get().await?;
            client.execute("insert into paid values (1)", &[]).await?;
            let lost = "select pg_terminate_backend(pg_backend_pid())";
            client.execute(lost, &[]).await?;
            Ok(())
        }
        let Some(server) = Postgres::start() else {
            return;
        };
        let url = server.url();
        let run = async |statement| {
            let client = pool(&url).get().await.unwrap();
            client.execute(statement, &[]).await.unwrap()
        };
        run("create table paid (id int)").await;
        let mut counted = Vec::new();
        for unsent in [UNSENT, TRANSIENT] {
            three(unsent, || pay(&url)).await.unwrap_err();
            counted.push(u32::try_from(run("delete from paid").await).unwrap());
        }
        assert_eq!(counted, [1, 3]);
        let error = pay(&url).await.unwrap_err();
        Row::new(
            "deadpool-postgres",
            "the connection is killed in a statement",
        )
        .server(server.version())
        .seen("57P01")
        .source("PostgreSQL, appendix A")
        .processed(counted[0], counted[1])
        .check(&error);
    }

    /// The query of an attempt that was cut runs on, in a connection that the pool throws away.
    #[tokio::test]
    async fn a_verified_pool_hands_out_no_connection_that_is_busy() {
        #[retry(when = transient(), wait = none(), stop = after_attempt(5), attempt_timeout = 1s)]
        async fn query(pool: &Pool, asleep: &AtomicBool) -> std::io::Result<()> {
            let query = match asleep.swap(true, Relaxed) {
                false => "select pg_sleep(600)",
                true => "select 1",
            };
            let client = pool.get().await.map_err(std::io::Error::other)?;
            client
                .batch_execute(query)
                .await
                .map_err(std::io::Error::other)
        }
        let Some(server) = Postgres::start() else {
            return;
        };
        let mut config = Config::new();
        config.url = Some(server.url());
        let recycling_method = RecyclingMethod::Verified;
        config.manager = Some(ManagerConfig { recycling_method });
        let timeouts = Timeouts {
            recycle: Some(SHORT / 2),
            ..Timeouts::default()
        };
        config.pool = Some(PoolConfig {
            timeouts,
            ..PoolConfig::new(1)
        });
        let pool = config.create_pool(Some(Runtime::Tokio1), NoTls).unwrap();
        query(&pool, &AtomicBool::new(false)).await.unwrap();
    }

    #[tokio::test]
    async fn of_redis() {
        let config = |port| deadpool_redis::Config::from_url(format!("redis://127.0.0.1:{port}"));
        let pool = |port| config(port).create_pool(Some(deadpool_redis::Runtime::Tokio1));
        let error = pool(free_port()).unwrap().get().await.err().unwrap();
        Row::new("deadpool-redis", "the server is down")
            .seen("refused")
            .source("deadpool 0.13, managed/errors.rs")
            .check(&error);
        let Some(mut server) = Redis::start() else {
            return;
        };
        let pool = pool(server.port()).unwrap();
        drop(pool.get().await.unwrap());
        server.down();
        // The object that it kept is checked, and a new one cannot be made.
        let error = pool.get().await.err().unwrap();
        assert!(error.verdict().is_retry() && error.unsent(), "{error:?}");
        assert_eq!(error.health(), Health::Failed);
    }
}

mod of_bb8 {
    use super::*;
    use bb8_postgres::{PostgresConnectionManager, bb8};

    type Manager = PostgresConnectionManager<NoTls>;

    async fn pool(url: &str) -> bb8::Pool<Manager> {
        let manager = Manager::new_from_stringlike(url, NoTls).unwrap();
        let pool = bb8::Pool::builder().max_size(1).connection_timeout(SHORT);
        pool.build_unchecked(manager)
    }

    /// The pool says the same of a server that is down, of a wrong password and of a busy pool.
    #[tokio::test]
    async fn a_pool_hides_why_it_has_no_connection() {
        let row = |fault, server: String| {
            let row = Row::new("bb8-postgres", fault).server(server);
            row.seen("Timed out in bb8").source("bb8 0.9, api.rs")
        };
        let dead = format!("postgresql://test@127.0.0.1:{}/postgres", free_port());
        let error = pool(&dead).await.get().await.err().unwrap();
        row("the server is down", "loopback".into()).check(&error);
        assert_eq!(error.health(), Health::Failed);
        let Some(server) = Postgres::start() else {
            return;
        };
        let busy = pool(&server.url()).await;
        let _taken = busy.get().await.unwrap();
        let error = busy.get().await.err().unwrap();
        row("all connections are taken", server.version()).check(&error);
        server.ask_for_passwords();
        let stranger = pool(&server.url_of("test:guess", "postgres")).await;
        let error = stranger.get().await.err().unwrap();
        row("a wrong password", server.version()).check(&error);
    }

    /// `?` turns the error of a statement into that of the pool.
    #[tokio::test]
    async fn a_statement_that_was_sent_is_not_unsent_in_the_error_of_the_pool() {
        async fn pay(url: &str) -> Result<(), bb8::RunError<tokio_postgres::Error>> {
            let pool = pool(url).await;
            let client = pool.get().await?;
            client.execute("insert into paid values (1)", &[]).await?;
            let lost = "select pg_terminate_backend(pg_backend_pid())";
            client.execute(lost, &[]).await?;
            Ok(())
        }
        let Some(server) = Postgres::start() else {
            return;
        };
        let url = server.url();
        let run = async |statement| {
            let pool = pool(&url).await;
            let client = pool.get().await.unwrap();
            client.execute(statement, &[]).await.unwrap()
        };
        run("create table paid (id int)").await;
        three(UNSENT, || pay(&url)).await.unwrap_err();
        let once = run("delete from paid").await;
        let error = three(TRANSIENT, || pay(&url)).await.unwrap_err();
        let again = run("delete from paid").await;
        Row::new("bb8-postgres", "the connection is killed in a statement")
            .server(server.version())
            .seen("57P01")
            .source("PostgreSQL, appendix A")
            .processed(once.try_into().unwrap(), again.try_into().unwrap())
            .check(&error);
    }

    #[tokio::test]
    async fn an_error_of_the_manager_decides_for_itself() {
        let dead = format!("postgresql://test@127.0.0.1:{}/postgres", free_port());
        let dead = pool(&dead).await;
        let error = dead.dedicated_connection().await.err().unwrap();
        let error = bb8::RunError::User(error);
        assert!(error.verdict().is_retry() && error.unsent(), "{error:?}");
    }
}

mod of_r2d2 {
    use super::*;
    use mysql::{Conn, Error, OptsBuilder, prelude::Queryable};
    use r2d2::{ManageConnection, Pool};

    /// As `r2d2_mysql` manages connections.
    struct Manager(OptsBuilder);

    impl ManageConnection for Manager {
        type Connection = Conn;
        type Error = Error;

        fn connect(&self) -> Result<Conn, Error> {
            Conn::new(self.0.clone())
        }

        fn is_valid(&self, conn: &mut Conn) -> Result<(), Error> {
            conn.query_drop("do 1")
        }

        fn has_broken(&self, _: &mut Conn) -> bool {
            false
        }
    }

    #[test]
    fn a_pool_hides_why_it_has_no_connection() {
        let nobody = OptsBuilder::new()
            .ip_or_hostname(Some("127.0.0.1"))
            .tcp_port(free_port())
            .prefer_socket(false);
        let pool = Pool::builder().max_size(1).connection_timeout(SHORT);
        let error = pool.build_unchecked(Manager(nobody)).get().err().unwrap();
        Row::new("r2d2", "the server is down")
            .seen("timed out waiting for connection")
            .source("r2d2 0.8.10, lib.rs")
            .check(&error);
        let policy = RetryPolicy::new()
            .stop(stop::after_attempt(2))
            .wait(wait::none())
            .when(when::transient());
        let report = policy.report(|| Err::<(), _>(Again(&error)));
        assert_eq!(report.attempts(), 2);
    }

    /// The same error once more.
    #[derive(Clone, Copy, Debug)]
    struct Again<'a>(&'a r2d2::Error);

    impl Transient for Again<'_> {
        fn verdict(&self) -> Verdict {
            self.0.verdict()
        }
    }
}
