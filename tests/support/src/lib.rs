//! Support for tests: servers on loopback, each in a temporary directory; the table of failures that tests
//! write; and guards around functions with another crate's error.
#![allow(missing_docs, reason = "only tests use it, and names say it")]

mod cut;
mod etcd;
mod grpcio;
mod haproxy;
pub mod http2;
pub mod interrupted;
mod mariadb;
mod mysql;
mod nats;
mod nginx;
mod pgbouncer;
pub mod policies;
mod postgres;
mod process;
mod rabbitmq;
mod redis;
mod row;
mod scratch;
mod sentinel;
mod table;
mod tally;
mod twin;

pub use cut::Cut;
pub use etcd::Etcd;
pub use grpcio::Grpcio;
pub use haproxy::Haproxy;
pub use http2::Http2;
pub use mariadb::MariaDb;
pub use mysql::MySql;
pub use nats::Nats;
pub use nginx::Nginx;
pub use pgbouncer::PgBouncer;
pub use postgres::Postgres;
pub use process::{
    free_port, freeze, is_installed, is_root, program, python, run, signal, skipped, thaw, version,
};
pub use rabbitmq::RabbitMq;
pub use redis::Redis;
pub use row::Row;
pub use scratch::Scratch;
pub use sentinel::Sentinel;
pub use table::{Table, writes};
pub use tally::Tally;
pub use twin::Twin;
