//! Databases that really fail, as their clients see them: each file is a client, or a kind of failure.

mod answers;
mod common;
mod derived;
mod hidden;
mod interrupts;
mod mariadb;
mod pgbouncer;
mod postgres;
mod postgres_listen;
mod postgres_rows;
mod redis;
mod redis_answers;
mod redis_nodes;
mod redis_streams;
mod sqlite;
mod sqlite_conflicts;
mod sqlx;
mod sqlx_sqlite;
mod system;
