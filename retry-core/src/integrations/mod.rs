//! Classifications of other crates' errors and std's, one file per crate.

#[cfg(feature = "async-nats")]
pub(crate) mod async_nats;
#[cfg(feature = "aws-smithy-runtime-api")]
pub(crate) mod aws;
#[cfg(feature = "bb8")]
pub(crate) mod bb8;
#[cfg(any(
    feature = "async-nats",
    feature = "aws-smithy-runtime-api",
    feature = "hyper-util",
    feature = "lettre",
    feature = "object_store",
    feature = "redis",
    feature = "reqwest",
    feature = "tonic"
))]
pub(crate) mod connect;
#[cfg(feature = "deadpool")]
pub(crate) mod deadpool;
#[cfg(feature = "diesel")]
pub(crate) mod diesel;
#[cfg(feature = "diesel")]
pub(crate) mod diesel_text;
pub(crate) mod downcast;
#[cfg(feature = "std")]
pub(crate) mod errno;
#[cfg(feature = "etcd-client")]
pub(crate) mod etcd_client;
#[cfg(feature = "std")]
pub(crate) mod handshake;
#[cfg(feature = "hyper")]
pub(crate) mod hyper;
#[cfg(feature = "hyper-util")]
pub(crate) mod hyper_util;
#[cfg(feature = "std")]
pub(crate) mod io;
#[cfg(feature = "lapin")]
pub(crate) mod lapin;
#[cfg(feature = "lettre")]
pub(crate) mod lettre;
#[cfg(feature = "mysql")]
pub(crate) mod mysql;
#[cfg(feature = "mysql_async")]
pub(crate) mod mysql_async;
#[cfg(any(feature = "mysql", feature = "mysql_async", feature = "sqlx"))]
pub(crate) mod mysql_number;
#[cfg(feature = "object_store")]
pub(crate) mod object_store;
#[cfg(any(feature = "diesel", feature = "sqlx", feature = "tokio-postgres"))]
pub(crate) mod pgbouncer;
#[cfg(any(feature = "sqlx", feature = "tokio-postgres"))]
pub(crate) mod postgres;
#[cfg(feature = "r2d2")]
pub(crate) mod r2d2;
#[cfg(feature = "rdkafka")]
pub(crate) mod rdkafka;
#[cfg(feature = "redis")]
pub(crate) mod redis;
#[cfg(feature = "reqwest")]
pub(crate) mod reqwest;
#[cfg(feature = "reqwest-middleware")]
pub(crate) mod reqwest_middleware;
#[cfg(feature = "rusqlite")]
pub(crate) mod rusqlite;
#[cfg(any(feature = "rusqlite", feature = "sqlx"))]
pub(crate) mod sqlite;
#[cfg(any(
    feature = "mysql",
    feature = "mysql_async",
    feature = "sqlx",
    feature = "tokio-postgres"
))]
pub(crate) mod sqlstate;
#[cfg(feature = "sqlx")]
pub(crate) mod sqlx;
#[cfg(feature = "tokio")]
pub(crate) mod tokio;
#[cfg(feature = "tokio-postgres")]
pub(crate) mod tokio_postgres;
#[cfg(feature = "tonic")]
pub(crate) mod tonic;
#[cfg(feature = "ureq")]
pub(crate) mod ureq;
