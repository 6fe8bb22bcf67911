//! Errors of thiserror's, whose fields are asked.

use std::io;

use persevere::{Health, Transient, Verdict, retry};

#[derive(Debug, thiserror::Error, Transient)]
enum StoreError {
    #[error(transparent)]
    Db(
        #[from]
        #[transient]
        sqlx::Error,
    ),
    #[error("cache")]
    Cache(
        #[transient(source)]
        #[source]
        Box<redis::RedisError>,
    ),
    #[error("cannot read {path}")]
    Read {
        path: String,
        #[transient]
        source: io::Error,
    },
    #[error("no such user: {0}")]
    Unknown(u32),
}

#[derive(Debug, thiserror::Error, Transient)]
#[error("user {id}")]
struct UserError<E> {
    id: u32,
    #[transient]
    #[source]
    cause: E,
}

/// An interrupt of any guard goes where the database's errors go.
impl From<persevere::Interrupt> for StoreError {
    fn from(interrupt: persevere::Interrupt) -> Self {
        StoreError::Db(interrupt.into())
    }
}

#[retry(when = transient(), wait = none(), attempt_timeout = 1s)]
async fn find(attempts: &mut u32) -> Result<u32, StoreError> {
    *attempts += 1;
    match *attempts {
        1 => Err(sqlx::Error::PoolTimedOut)?,
        2 => std::future::pending().await,
        id => Err(StoreError::Unknown(id)),
    }
}

#[tokio::test(start_paused = true)]
async fn a_field_that_thiserror_converts_is_asked() {
    let mut attempts = 0;
    let error = find(&mut attempts).await.unwrap_err();
    assert!(matches!(error, StoreError::Unknown(3)), "{error:?}");
    assert_eq!(attempts, 3);
}

#[test]
fn each_field_says_its_own() {
    let refused = || io::Error::from(io::ErrorKind::ConnectionRefused);
    let read = StoreError::Read {
        path: String::from("/"),
        source: io::ErrorKind::NotFound.into(),
    };
    for (error, verdict, unsent, health) in [
        (
            StoreError::Db(sqlx::Error::PoolTimedOut),
            Verdict::Retry,
            true,
            Health::Failed,
        ),
        (
            StoreError::Db(sqlx::Error::RowNotFound),
            Verdict::Final,
            false,
            Health::Well,
        ),
        (
            StoreError::Cache(Box::new(refused().into())),
            Verdict::Retry,
            true,
            Health::Failed,
        ),
        (read, Verdict::Final, false, Health::Well),
        (StoreError::Unknown(1), Verdict::Final, false, Health::Well),
    ] {
        let said = (error.verdict(), error.unsent(), error.health());
        assert_eq!(said, (verdict, unsent, health), "{error:?}");
    }
    let error = UserError {
        id: 7,
        cause: StoreError::from(sqlx::Error::from(refused())),
    };
    assert!(error.verdict().is_retry() && error.unsent());
    assert_eq!(error.to_string(), "user 7");
}
