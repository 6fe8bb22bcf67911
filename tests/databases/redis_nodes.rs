//! Nodes of Redis that really move slots, lack them, or are looked for by Sentinel.

use std::sync::atomic::Ordering::SeqCst;
use std::thread;
use std::time::Duration;

use persevere::{RetryPolicy, stop, wait, when};
use redis::cluster::{ClusterClientBuilder, cluster_pipe};
use redis::sentinel::{SentinelClient, SentinelServerType};
use redis::{Client, Commands, Connection, RedisResult, cmd};
use support::{Cut, Redis, Row, Sentinel};

const SERVER: &str = "Redis, getNodeByQuery in cluster.c";

fn connect(server: &Redis) -> Connection {
    let client = Client::open(server.url()).unwrap();
    client.get_connection().unwrap()
}

/// A node of a cluster that serves its share of the slots, though others are not served.
fn node(slots: [u16; 2]) -> Option<Redis> {
    node_with(slots, &[])
}

fn node_with(slots: [u16; 2], arguments: &[&str]) -> Option<Redis> {
    let cluster = [
        "--cluster-enabled",
        "yes",
        "--cluster-require-full-coverage",
        "no",
    ];
    let server = Redis::start_with(&[&cluster, arguments].concat())?;
    let mut connection = connect(&server);
    let mut add = cmd("CLUSTER");
    let () = add
        .arg("ADDSLOTSRANGE")
        .arg(&slots)
        .query(&mut connection)
        .unwrap();
    while !info(&mut connection).contains("cluster_state:ok") {
        thread::sleep(Duration::from_millis(20));
    }
    Some(server)
}

fn info(connection: &mut Connection) -> String {
    cmd("CLUSTER").arg("INFO").query(connection).unwrap()
}

fn id(connection: &mut Connection) -> String {
    cmd("CLUSTER").arg("MYID").query(connection).unwrap()
}

/// Keys of slots 3300 and 5061, of 7365, and of 12182.
const OF_FIRST: [&str; 2] = ["b", "bar"];
const OF_NONE: &str = "c";
const OF_SECOND: &str = "foo";

#[test]
fn slots_that_move_or_are_not_served() {
    let Some(first) = node([0, 6000]) else { return };
    let second = node([10000, 16383]).unwrap();
    let (mut connection, mut other) = (connect(&first), connect(&second));
    let row = |fault| {
        Row::new("redis", fault)
            .server(first.version())
            .source(SERVER)
    };
    let mut meet = cmd("CLUSTER");
    meet.arg("MEET").arg("127.0.0.1").arg(second.port());
    let () = meet.query(&mut connection).unwrap();
    while !info(&mut connection).contains("cluster_size:2") {
        thread::sleep(Duration::from_millis(20));
    }
    let error = connection.incr::<_, _, i64>(OF_SECOND, 1).unwrap_err();
    row("a slot of another node").seen("Moved").check(&error);
    let error = connection.incr::<_, _, i64>(OF_NONE, 1).unwrap_err();
    row("a slot that no node serves")
        .seen("Hash slot not served")
        .check(&error);
    let error = connection
        .mget::<_, Vec<Option<i64>>>(&OF_FIRST)
        .unwrap_err();
    row("keys of two slots")
        .seen("CrossSlot")
        .source("Redis: the command is wrong")
        .check(&error);

    let () = connection.set("{b}1", 1).unwrap();
    let mut moving = cmd("CLUSTER");
    moving
        .arg("SETSLOT")
        .arg(3300)
        .arg("MIGRATING")
        .arg(id(&mut other));
    let () = moving.query(&mut connection).unwrap();
    let error = connection
        .mget::<_, Vec<Option<i64>>>(&["{b}1", "{b}2"])
        .unwrap_err();
    row("keys of a slot that moves")
        .seen("TryAgain")
        .check(&error);
    let error = connection.incr::<_, _, i64>("{b}2", 1).unwrap_err();
    row("a key of a slot that moves").seen("Ask").check(&error);
}

/// Facts that only the text of the client for clusters tells.
#[test]
fn a_client_for_clusters() {
    let Some(server) = node([0, 6000]) else {
        return;
    };
    let mut connection = connect(&server);
    let row = |fault| Row::new("redis", fault).server(server.version());
    let client = |url: &str| ClusterClientBuilder::new([url]).retries(0).build().unwrap();
    let mut cluster = client(&server.url()).get_connection().unwrap();
    let error = cluster.incr::<_, _, i64>(OF_NONE, 1).unwrap_err();
    let fault = "a cluster's client: a slot that no node serves";
    row(fault)
        .seen("Hash slot not served")
        .source(SERVER)
        .check(&error);
    let mut commands = cluster_pipe();
    let error = commands
        .incr(OF_NONE, 1)
        .query::<()>(&mut cluster)
        .unwrap_err();
    let fault = "a cluster's client: a slot that no node serves, in a pipeline";
    let by = "redis: the text alone tells";
    row(fault)
        .seen("Missing slot coverage")
        .source(by)
        .check(&error);

    let () = cmd("CONFIG")
        .arg("SET")
        .arg("requirepass")
        .arg("right")
        .query(&mut connection)
        .unwrap();
    let wrong = format!("redis://:wrong@127.0.0.1:{}/", server.port());
    let by = "Redis, ACL";
    let error = client(&wrong).get_connection().err().unwrap();
    let fault = "a cluster's client: a wrong password";
    row(fault)
        .seen("AuthenticationFailed")
        .source(by)
        .check(&error);
    let error = client(&server.url()).get_connection().err().unwrap();
    let fault = "a cluster's client: no password";
    row(fault).seen("NOAUTH").source(by).check(&error);
    let port = server.port();
    drop((server, cluster));
    let error = client(&format!("redis://127.0.0.1:{port}/"))
        .get_connection()
        .err()
        .unwrap();
    let fault = "a cluster's client: no node is there";
    let row = Row::new("redis", fault).seen("Connection refused");
    row.source("redis: the text alone tells that it was refused")
        .check(&error);
}

/// Its errors prove nothing, unless it makes no repeats: those may have been processed before.
#[test]
fn a_client_for_clusters_repeats_what_was_processed() {
    let cut = Cut::listen();
    let announced = ["--cluster-announce-port", &cut.port().to_string()];
    let Some(server) = node_with([0, 16383], &announced) else {
        return;
    };
    let url = format!("redis://127.0.0.1:{}/", cut.port());
    let left = cut.forward(server.port(), b"INCR");
    let mut connection = connect(&server);
    let mut count = || connection.get::<_, Option<u32>>("n").unwrap().unwrap_or(0);

    let client = ClusterClientBuilder::new([url.as_str()])
        .retries(3)
        .build()
        .unwrap();
    let mut cluster = client.get_connection().unwrap();
    left.store(2, SeqCst);
    let counted: RedisResult<u32> = cluster.incr("n", 1);
    assert_eq!((counted.unwrap(), count()), (3, 3));

    left.store(u32::MAX, SeqCst);
    let client = ClusterClientBuilder::new([url.as_str()])
        .retries(0)
        .build()
        .unwrap();
    let increment = || client.get_connection()?.incr::<_, _, i64>("n", 1);
    let policy = || {
        RetryPolicy::new()
            .stop(stop::after_attempt(3))
            .wait(wait::none())
    };
    let by_unsent = policy().when(when::unsent()).run(increment).unwrap_err();
    let once = count() - 3;
    let _ = policy().when(when::transient()).run(increment);
    let again = count() - 3 - once;
    let fault = "a cluster's client without repeats: the connection breaks before the reply";
    let row = Row::new("redis", fault)
        .server(server.version())
        .seen("Eof");
    row.source("redis: the command was sent")
        .processed(once, again)
        .check(&by_unsent);
}

#[test]
fn sentinel_knows_of_no_primary() {
    let Some(primary) = Redis::start() else {
        return;
    };
    let sentinel = Sentinel::of(&primary);
    let row = |fault| Row::new("redis", fault).server(sentinel.version());
    let by = "redis: no connection";
    let connect = |name: &str, kind| -> RedisResult<_> {
        SentinelClient::build(vec![sentinel.url()], String::from(name), None, kind)?
            .get_connection()
    };
    connect("primary", SentinelServerType::Master).unwrap();
    let error = connect("other", SentinelServerType::Master).err().unwrap();
    let fault = "Sentinel does not know of the primary";
    row(fault)
        .seen("MasterNameNotFoundBySentinel")
        .source(by)
        .check(&error);
    let error = connect("primary", SentinelServerType::Replica)
        .err()
        .unwrap();
    let fault = "Sentinel knows of no replica";
    row(fault)
        .seen("NoValidReplicasFoundBySentinel")
        .source(by)
        .check(&error);
    drop(primary);
    let lost = || {
        connect("primary", SentinelServerType::Master)
            .err()
            .unwrap()
    };
    let error = std::iter::repeat_with(lost)
        .find(|error| !error.is_io_error())
        .unwrap();
    let fault = "the primary is down by Sentinel";
    row(fault)
        .seen("MasterNameNotFoundBySentinel")
        .source(by)
        .check(&error);
}
