//! MariaDB over its C library: in conflict, and killed.

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
    one.batch_execute(
        "create table diesel (id int primary key, n int); insert into diesel values (1, 0), (2, 0)",
    )
    .unwrap();
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
