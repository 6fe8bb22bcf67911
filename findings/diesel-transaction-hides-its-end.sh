#!/usr/bin/env bash
# diesel 2.3.14 with PostgreSQL 15: `transaction()` hides how it ended, twice. Where the connection is lost before the closure returns
# its own error, the caller gets that of the ROLLBACK, and the closure's, which may say that nothing is left to sell, is gone. Where
# the closure passes over the error of a statement, which PostgreSQL answers by giving up the transaction, `transaction()` returns
# `Ok`: its COMMIT succeeds, and has rolled back all. `insert .. on conflict do nothing` keeps the rest.
set -euo pipefail
command -v cargo >/dev/null || { echo "skipped: needs cargo"; exit 0; }
pkg-config --exists libpq 2>/dev/null || { echo "skipped: needs libpq-dev"; exit 0; }
programs=$(for place in /usr/lib/postgresql/*/bin; do [ -x "$place/initdb" ] && echo "$place"; done | tail -n 1)
[ -n "$programs" ] || { echo "skipped: needs postgresql"; exit 0; }
as=() && [ "$(id -u)" != 0 ] || as=(runuser -u postgres --)
folder=$(mktemp -d) && chmod 755 "$folder" && cd "$folder" && mkdir src server
[ ${#as[@]} = 0 ] || chown postgres server
trap '"${as[@]}" "$programs/pg_ctl" stop --silent --mode=immediate -D "$folder/server/data" || true; rm -rf "$folder"' EXIT
cat >Cargo.toml <<'TOML'
[package]
name = "finding"
version = "0.0.0"
edition = "2021"
[dependencies]
diesel = { version = "=2.3.14", default-features = false, features = ["postgres"] }
TOML
cat >src/main.rs <<'RUST'
use diesel::connection::SimpleConnection;
use diesel::result::Error;
use diesel::sql_types::BigInt;
use diesel::{sql_query, Connection, PgConnection, QueryableByName, RunQueryDsl};

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

#[derive(Debug)]
enum ShopError {
    SoldOut,
    Db(Error),
}

impl From<Error> for ShopError {
    fn from(error: Error) -> Self {
        ShopError::Db(error)
    }
}

fn number(db: &mut PgConnection, sql: &str) -> i64 {
    sql_query(sql).get_result::<Number>(db).unwrap().n
}

fn main() {
    let url = std::env::args().nth(1).unwrap();
    let mut db = PgConnection::establish(&url).unwrap();
    let mut admin = PgConnection::establish(&url).unwrap();
    admin.batch_execute("create table orders (id int unique)").unwrap();

    let sold_out = db.transaction(|_| Err::<(), _>(ShopError::SoldOut));
    println!("the closure's error: {}", matches!(sold_out, Err(ShopError::SoldOut)));
    let pid = number(&mut db, "select pg_backend_pid()::int8 as n");
    let lost = db.transaction(|_| {
        number(&mut admin, &format!("select pg_terminate_backend({pid})::int::int8 as n"));
        Err::<(), _>(ShopError::SoldOut)
    });
    println!("the same, and the connection is lost: {}", matches!(lost, Err(ShopError::SoldOut)));
    assert!(matches!(lost, Err(ShopError::Db(Error::DatabaseError(..)))), "{lost:?}");

    for twice in ["insert into orders values (1)", "insert into orders values (1) on conflict do nothing"] {
        let outcome = admin.transaction(|db| {
            db.batch_execute("insert into orders values (1)")?;
            let _ = db.batch_execute(twice); // "it is there already: fine"
            Ok::<_, Error>(())
        });
        let rows = number(&mut admin, "select count(*) as n from orders");
        println!("{outcome:?}, and {rows} rows");
    }
}
RUST
port=$((20000 + RANDOM % 20000))
"${as[@]}" "$programs/initdb" --username=test --auth=trust --no-sync --no-locale -D server/data >/dev/null
"${as[@]}" "$programs/pg_ctl" start --wait --silent -D server/data -l server/log -o "-p $port -h 127.0.0.1 -k $folder/server -F" >/dev/null
cargo build --quiet
"$programs/postgres" --version
timeout 60 target/debug/finding "postgresql://test@127.0.0.1:$port/postgres" | tee seen
diff seen - <<'EXPECTED'
the closure's error: true
the same, and the connection is lost: false
Ok(()), and 0 rows
Ok(()), and 1 rows
EXPECTED
