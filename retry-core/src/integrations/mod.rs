//! Classifications of other crates' errors and std's, one file per crate.

#[cfg(any(
    feature = "hyper-util",
    feature = "redis",
    feature = "reqwest",
    feature = "tonic"
))]
pub(crate) mod connect;
pub(crate) mod downcast;
#[cfg(feature = "std")]
pub(crate) mod errno;
#[cfg(feature = "hyper")]
pub(crate) mod hyper;
#[cfg(feature = "hyper-util")]
pub(crate) mod hyper_util;
#[cfg(feature = "std")]
pub(crate) mod io;
#[cfg(feature = "sqlx")]
pub(crate) mod mysql;
#[cfg(any(feature = "sqlx", feature = "tokio-postgres"))]
pub(crate) mod pgbouncer;
#[cfg(feature = "redis")]
pub(crate) mod redis;
#[cfg(feature = "reqwest")]
pub(crate) mod reqwest;
#[cfg(feature = "rusqlite")]
pub(crate) mod rusqlite;
#[cfg(any(feature = "rusqlite", feature = "sqlx"))]
pub(crate) mod sqlite;
#[cfg(any(feature = "sqlx", feature = "tokio-postgres"))]
pub(crate) mod sqlstate;
#[cfg(feature = "sqlx")]
pub(crate) mod sqlx;
#[cfg(feature = "tokio")]
pub(crate) mod tokio;
#[cfg(feature = "tokio-postgres")]
pub(crate) mod tokio_postgres;
#[cfg(feature = "tonic")]
pub(crate) mod tonic;
