//! A Redis that really refuses: busy, read-only, full, without replicas; and replies of another type than was
//! asked for.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::thread;
use std::time::Duration;

use persevere::{RetryPolicy, Transient, stop, wait, when};
use redis::{Client, Commands, Connection, RedisError, RedisResult, cmd, pipe};
use support::{Redis, Row};

const SERVER: &str = "Redis, processCommand in server.c";
const SCRIPT: &str = "Redis, scriptPrepareForRun and scriptVerifyWriteCommandAllow in script.c";
const CLIENT: &str = "redis, ErrorKind";

fn connect(server: &Redis) -> Connection {
    connect_to(&server.url()).unwrap()
}

fn connect_to(url: &str) -> RedisResult<Connection> {
    Client::open(url)?.get_connection()
}

fn increment(connection: &mut Connection) -> RedisResult<i64> {
    connection.incr("n", 1)
}

/// `CONFIG SET`, in the words of a command line.
fn run(connection: &mut Connection, command: &str) {
    let mut words = command.split(' ');
    let mut command = cmd(words.next().unwrap());
    words.for_each(|word| {
        command.arg(word);
    });
    let () = command.query(connection).unwrap();
}

/// Makes a call of three attempts by `unsent()` and one by `transient()`, and says how much each counts.
fn processed<T>(
    mut attempt: impl FnMut(u32) -> RedisResult<T>,
    mut count: impl FnMut() -> u32,
) -> (u32, u32) {
    let policy = || {
        RetryPolicy::new()
            .stop(stop::after_attempt(3))
            .wait(wait::none())
    };
    let mut one_more = |number: &mut u32| {
        *number += 1;
        attempt(*number)
    };
    let start = count();
    let mut number = 0;
    let _ = policy().when(when::unsent()).run(|| one_more(&mut number));
    let between = count();
    number = 0;
    let _ = policy()
        .when(when::transient())
        .run(|| one_more(&mut number));
    (between - start, count() - between)
}

/// The second attempt finds the fault mended; how often the increment was processed.
fn increments(
    server: &Redis,
    mut broken: impl FnMut(&mut Connection),
    mut mend: impl FnMut(&mut Connection),
) -> (u32, u32) {
    let (mut own, mut other, mut counting) = (connect(server), connect(server), connect(server));
    processed(
        |number| {
            match number {
                1 => broken(&mut other),
                _ => mend(&mut other),
            }
            increment(&mut own)
        },
        || counting.get::<_, Option<u32>>("n").unwrap().unwrap_or(0),
    )
}

/// A script that runs until its connection is dropped or killed.
fn busy_script(server: &Redis) -> thread::JoinHandle<RedisError> {
    let mut connection = connect(server);
    let running = thread::spawn(move || {
        let script = cmd("EVAL")
            .arg("while true do end")
            .arg(0)
            .query::<()>(&mut connection);
        script.unwrap_err()
    });
    let mut probe = connect(server);
    while cmd("PING").query::<String>(&mut probe).is_ok() {
        thread::sleep(Duration::from_millis(5));
    }
    running
}

#[test]
fn a_script_runs() {
    let Some(server) = Redis::start_with(&["--busy-reply-threshold", "10"]) else {
        return;
    };
    let mut connection = connect(&server);
    let row = |fault| Row::new("redis", fault).server(server.version());
    let running = std::cell::RefCell::new(None);
    let counted = increments(
        &server,
        |_| *running.borrow_mut() = Some(busy_script(&server)),
        |other| {
            if let Some(script) = running.borrow_mut().take() {
                run(other, "SCRIPT KILL");
                script.join().unwrap();
            }
        },
    );
    let script = busy_script(&server);
    let error = increment(&mut connection).unwrap_err();
    let fault = "a script runs";
    let (once, again) = counted;
    row(fault)
        .seen("BUSY")
        .source(SERVER)
        .processed(once, again)
        .check(&error);
    assert_eq!(counted, (1, 1));

    let error = pipe()
        .atomic()
        .incr("n", 1)
        .query::<()>(&mut connection)
        .unwrap_err();
    let fault = "a script runs: a transaction";
    row(fault).seen("BUSY").source(SERVER).check(&error);
    let error = pipe()
        .incr("n", 1)
        .query::<()>(&mut connection)
        .unwrap_err();
    let fault = "a script runs: a pipeline";
    row(fault).seen("BUSY").source(SERVER).check(&error);
    let error = connect_to(&format!("{}1", server.url())).err().unwrap();
    let fault = "a script runs: the database is selected";
    row(fault)
        .seen("refused to switch database")
        .source(SERVER)
        .check(&error);
    run(&mut connection, "SCRIPT KILL");
    let error = script.join().unwrap();
    let fault = "a script is killed";
    row(fault)
        .seen("killed by user")
        .source("Redis, luaMaskCountHook in script_lua.c")
        .check(&error);
}

/// Modules and scripts say `BUSY` in words of their own, whatever they have done before.
#[test]
fn a_script_that_says_busy_by_itself_has_proved_nothing() {
    let Some(server) = Redis::start() else {
        return;
    };
    let script = "redis.call('incr', 'n') return redis.error_reply('BUSY try later')";
    let mut connection = connect(&server);
    let error = cmd("EVAL")
        .arg(script)
        .arg(0)
        .query::<()>(&mut connection)
        .unwrap_err();
    Row::new("redis", "a script says BUSY by itself")
        .server(server.version())
        .seen("BUSY")
        .source("Redis, luaRedisReturnSingleFieldTable in script_lua.c")
        .check(&error);
    assert_eq!(connection.get::<_, u32>("n"), Ok(1));
}

#[test]
fn a_script_that_has_written_is_not_killed() {
    let Some(mut server) = Redis::start_with(&["--busy-reply-threshold", "10"]) else {
        return;
    };
    let (mut connection, mut writing) = (connect(&server), connect(&server));
    let script = thread::spawn(move || {
        let script = "redis.call('set', 'n', 1) while true do end";
        cmd("EVAL")
            .arg(script)
            .arg(0)
            .query::<()>(&mut writing)
            .unwrap_err()
    });
    let kill = || {
        cmd("SCRIPT")
            .arg("KILL")
            .query::<()>(&mut connection)
            .unwrap_err()
    };
    let error = std::iter::repeat_with(kill).find(|error| error.code() != Some("NOTBUSY"));
    let fault = "SCRIPT KILL of one that has written";
    let row = Row::new("redis", fault)
        .server(server.version())
        .seen("UNKILLABLE");
    row.source("Redis, scriptKill in script.c")
        .check(&error.unwrap());
    server.down();
    let fault = "the server is killed in a script that has written";
    let row = Row::new("redis", fault)
        .server(server.version())
        .seen("Eof");
    row.source("Redis, the script may have been logged")
        .check(&script.join().unwrap());
}

#[test]
fn a_replica_is_written_to() {
    let Some(primary) = Redis::start() else {
        return;
    };
    let replica = Redis::replica_of(&primary).unwrap();
    let mut connection = connect(&replica);
    let row = |fault| {
        Row::new("redis", fault)
            .server(replica.version())
            .seen("ReadOnly")
    };
    let (mut counting, mut on_primary) = (connect(&primary), connect(&primary));
    let (once, again) = processed(
        |number| match number {
            1 => increment(&mut connection),
            _ => increment(&mut on_primary),
        },
        || counting.get::<_, Option<u32>>("n").unwrap().unwrap_or(0),
    );
    let error = increment(&mut connection).unwrap_err();
    let fault = "a replica is written to";
    row(fault)
        .source(SERVER)
        .processed(once, again)
        .check(&error);
    let script = |connection: &mut Connection, script| {
        cmd("EVAL")
            .arg(script)
            .arg(0)
            .query::<i64>(connection)
            .unwrap_err()
    };
    let error = script(&mut connection, "return redis.call('incr', 'n')");
    row("a script on a replica writes")
        .source(SCRIPT)
        .check(&error);
    let error = script(&mut connection, "#!lua\nreturn redis.call('incr', 'n')");
    row("a script on a replica that may write")
        .source(SCRIPT)
        .check(&error);
    let mut commands = pipe();
    commands.get("n").ignore().incr("n", 1);
    let error = commands.query::<()>(&mut connection).unwrap_err();
    row("a replica is written to: a pipeline")
        .source("redis, Pipeline: the others have run")
        .check(&error);
    let error = commands.atomic().query::<()>(&mut connection).unwrap_err();
    row("a replica is written to: a transaction")
        .source(SERVER)
        .check(&error);

    run(&mut connection, "CONFIG SET replica-serve-stale-data no");
    drop(primary);
    let reading = || connection.get::<_, Option<i64>>("n").err();
    let error = std::iter::repeat_with(reading).flatten().next().unwrap();
    let fault = "a replica has lost its primary, and serves nothing old";
    let row = Row::new("redis", fault)
        .server(replica.version())
        .seen("MasterDown");
    row.source(SERVER).check(&error);
}

#[test]
fn the_primary_fails_over() {
    let Some(primary) = Redis::start() else {
        return;
    };
    let replica = Redis::replica_of(&primary).unwrap();
    let (mut connection, mut waiting) = (connect(&primary), connect(&primary));
    let row = |fault| Row::new("redis", fault).server(replica.version());
    while cmd("WAIT")
        .arg(1)
        .arg(0)
        .query::<i64>(&mut connection)
        .unwrap()
        < 1
    {}
    let blocked = thread::spawn(move || waiting.blpop::<_, (String, String)>("queue", 0.0));
    while blocked_clients(&mut connection) == 0 {}
    run(&mut connection, "FAILOVER");
    let error = std::iter::repeat_with(|| increment(&mut connection).err());
    let error = error.flatten().next().unwrap();
    row("the primary has failed over")
        .seen("ReadOnly")
        .source(SERVER)
        .check(&error);
    let error = blocked.join().unwrap().unwrap_err();
    let fault = "the primary fails over as BLPOP waits";
    row(fault)
        .seen("UNBLOCKED")
        .source("Redis, disconnectAllBlockedClients in blocked.c")
        .check(&error);
}

fn blocked_clients(connection: &mut Connection) -> u32 {
    let info: String = cmd("INFO").arg("clients").query(connection).unwrap();
    let line = info
        .lines()
        .find_map(|line| line.strip_prefix("blocked_clients:"));
    line.unwrap().parse().unwrap()
}

#[test]
fn a_waiting_client_is_unblocked() {
    let Some(server) = Redis::start() else { return };
    let (mut connection, mut waiting) = (connect(&server), connect(&server));
    let id: i64 = cmd("CLIENT").arg("ID").query(&mut waiting).unwrap();
    let blocked = thread::spawn(move || waiting.blpop::<_, (String, String)>("queue", 0.0));
    while blocked_clients(&mut connection) == 0 {}
    run(&mut connection, &format!("CLIENT UNBLOCK {id} ERROR"));
    let row = Row::new("redis", "CLIENT UNBLOCK with an error").server(server.version());
    let error = blocked.join().unwrap().unwrap_err();
    row.seen("client unblocked")
        .source("Redis, CLIENT UNBLOCK")
        .check(&error);
}

#[test]
fn too_few_replicas() {
    let Some(server) = Redis::start() else { return };
    let row = |fault| {
        Row::new("redis", fault)
            .server(server.version())
            .seen("NOREPLICAS")
    };
    let broken = "CONFIG SET min-replicas-to-write 1";
    let mended = "CONFIG SET min-replicas-to-write 0";
    let (once, again) = increments(
        &server,
        |other| run(other, broken),
        |other| run(other, mended),
    );
    let mut connection = connect(&server);
    run(&mut connection, broken);
    let error = increment(&mut connection).unwrap_err();
    row("too few replicas")
        .source(SERVER)
        .processed(once, again)
        .check(&error);
    let script = cmd("EVAL")
        .arg("return redis.call('incr', 'n')")
        .arg(0)
        .query::<i64>(&mut connection);
    row("too few replicas: a script")
        .source(SCRIPT)
        .check(&script.unwrap_err());
    let mut commands = pipe();
    commands.get("n").ignore().incr("n", 1);
    let error = commands.query::<()>(&mut connection).unwrap_err();
    row("too few replicas: a pipeline")
        .source("redis, Pipeline: the others have run")
        .check(&error);
    let error = commands.atomic().query::<()>(&mut connection).unwrap_err();
    row("too few replicas: a transaction")
        .source(SERVER)
        .check(&error);

    run(&mut connection, mended);
    run(&mut connection, "MULTI");
    run(&mut connection, "INCR n");
    run(&mut connect(&server), broken);
    let error = cmd("EXEC").query::<()>(&mut connection).unwrap_err();
    row("too few replicas at EXEC")
        .source("Redis, execCommandAbort in multi.c")
        .check(&error);
}

#[test]
fn no_room_in_memory_or_on_disk() {
    let Some(server) = Redis::start_with(&["--maxmemory", "1"]) else {
        return;
    };
    let mut connection = connect(&server);
    let row = |fault| Row::new("redis", fault).server(server.version());
    let by = "Redis, maxmemory-policy noeviction: somebody has to make room";
    let error = increment(&mut connection).unwrap_err();
    row("the memory is full")
        .seen("OOM")
        .source(by)
        .check(&error);
    let error = pipe()
        .atomic()
        .incr("n", 1)
        .query::<()>(&mut connection)
        .unwrap_err();
    row("the memory is full: a transaction")
        .seen("OOM")
        .source(by)
        .check(&error);

    run(&mut connection, "CONFIG SET maxmemory 0");
    let () = connection.set("n", 1).unwrap();
    let () = cmd("CONFIG")
        .arg("SET")
        .arg("save")
        .arg("3600 1")
        .query(&mut connection)
        .unwrap();
    std::fs::remove_dir_all(server.directory()).unwrap();
    run(&mut connection, "BGSAVE");
    let error = std::iter::repeat_with(|| increment(&mut connection).err());
    let error = error.flatten().next().unwrap();
    let by = "Redis, stop-writes-on-bgsave-error: somebody has to mend the disk";
    row("the last snapshot could not be saved")
        .seen("MISCONF")
        .source(by)
        .check(&error);
}

#[test]
fn a_server_that_loads() {
    let Some(mut server) = Redis::start() else {
        return;
    };
    let mut connection = connect(&server);
    for key in 0..1000 {
        let () = connection.set(key, "0".repeat(100)).unwrap();
    }
    run(&mut connection, "SAVE");
    server.down();
    server.configure(&[
        "--key-load-delay",
        "2000",
        "--loading-process-events-interval-bytes",
        "1024",
    ]);
    server.up();
    let error = increment(&mut connect(&server)).unwrap_err();
    let row = Row::new("redis", "the server loads its data").server(server.version());
    row.seen("BusyLoading").source(SERVER).check(&error);
}

/// The cost of another type: elements popped and numbers counted.
#[test]
fn a_reply_of_another_type() {
    let Some(server) = Redis::start() else { return };
    let (mut connection, mut counting) = (connect(&server), connect(&server));
    let row = |fault| {
        Row::new("redis", fault)
            .server(server.version())
            .seen("Incompatible type")
            .source(CLIENT)
    };
    let words = ["a", "b", "c", "d", "e", "f", "g", "h"];
    let () = connection.rpush("queue", &words).unwrap();
    let (once, again) = processed(
        |_| connection.lpop::<_, i64>("queue", None),
        || 8 - counting.llen::<_, u32>("queue").unwrap(),
    );
    assert_eq!((once, again), (1, 1));
    let error = connection.lpop::<_, i64>("queue", None).unwrap_err();
    row("LPOP of a word, as a number")
        .processed(once, again)
        .check(&error);

    let (once, again) = processed(
        |_| connection.incr::<_, _, Vec<String>>("n", 1),
        || counting.get::<_, Option<u32>>("n").unwrap().unwrap_or(0),
    );
    let error = connection.incr::<_, _, Vec<String>>("n", 1).unwrap_err();
    row("INCR, as a list").processed(once, again).check(&error);
    row("GET of nothing, as a string").check(&connection.get::<_, String>("absent").unwrap_err());
    let () = connection.set("word", b"\xff").unwrap();
    let error = connection.get::<_, String>("word").unwrap_err();
    row("GET of bytes, as a string").check(&error);

    run(&mut connection, "WATCH n");
    increment(&mut counting).unwrap();
    let refused = pipe()
        .atomic()
        .incr("n", 1)
        .query::<(i64,)>(&mut connection);
    row("EXEC that WATCH refused, as a tuple").check(&refused.unwrap_err());
}

/// The server pops for a reply that nobody reads.
#[test]
fn an_element_that_the_client_no_longer_waits_for() {
    let Some(server) = Redis::start() else { return };
    let (mut waiting, mut pushing) = (connect(&server), connect(&server));
    waiting
        .set_read_timeout(Some(Duration::from_millis(20)))
        .unwrap();
    let mut pop = || waiting.blpop::<_, (String, String)>("queue", 0.0);
    let mut lost = 0;
    let count = || {
        let () = pushing.rpush("queue", &[1, 2, 3]).unwrap();
        lost += 3 - pushing.llen::<_, u32>("queue").unwrap();
        let () = pushing.del("queue").unwrap();
        lost
    };
    let (once, again) = processed(|_| pop(), count);
    let fault = "BLPOP that the client no longer waits for";
    let row = Row::new("redis", fault).server(server.version());
    let row = row.seen("WouldBlock").source("redis: the command was sent");
    row.processed(once, again).check(&pop().unwrap_err());
}

#[test]
fn a_reply_that_cannot_be_read() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let url = format!("redis://{}/", listener.local_addr().unwrap());
    let web = thread::spawn(move || {
        let (mut socket, _) = listener.accept().unwrap();
        let _ = socket.read(&mut [0; 1024]);
        let _ = socket.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
        socket
    });
    let error = connect_to(&url).err().unwrap();
    let row = Row::new("redis", "the server does not speak Redis's protocol");
    row.seen("Parse error")
        .source("redis, the kind of a reply of another type")
        .check(&error);
    drop(web.join().unwrap());
}

#[test]
fn refusals_that_stay() {
    let Some(server) = Redis::start() else { return };
    let mut connection = connect(&server);
    let row = |fault| {
        Row::new("redis", fault)
            .server(server.version())
            .source("Redis, the command is wrong")
    };
    let () = connection.set("word", "a").unwrap();
    let error = connection.incr::<_, _, i64>("word", 1).unwrap_err();
    row("INCR of a word").seen("not an integer").check(&error);
    let error = connection.lpop::<_, String>("word", None).unwrap_err();
    row("LPOP of a key that holds a string")
        .seen("WRONGTYPE")
        .check(&error);
    let error = cmd("EVALSHA")
        .arg("0".repeat(40))
        .arg(0)
        .query::<()>(&mut connection)
        .unwrap_err();
    row("EVALSHA of a script that is not there")
        .seen("NoScript")
        .check(&error);
    let error = pipe()
        .atomic()
        .incr("n", 1)
        .cmd("INKR")
        .query::<()>(&mut connection)
        .unwrap_err();
    row("a transaction with a wrong command")
        .seen("unknown command")
        .check(&error);
    let error = pipe()
        .incr("n", 1)
        .lpop("word", None)
        .query::<()>(&mut connection)
        .unwrap_err();
    row("a pipeline with a wrong command")
        .seen("WRONGTYPE")
        .check(&error);

    run(&mut connection, "ACL SETUSER reader on nopass ~* +get");
    let url = format!("redis://reader@127.0.0.1:{}/", server.port());
    let error =
        increment(&mut connect_to(&url.replace("reader@", "reader:any@")).unwrap()).unwrap_err();
    let by = "Redis, ACL";
    row("a user without permission")
        .seen("NoPerm")
        .source(by)
        .check(&error);
    run(&mut connection, "CONFIG SET requirepass right");
    let error = increment(&mut connect(&server)).unwrap_err();
    row("no password").seen("NOAUTH").source(by).check(&error);
    let url = format!("redis://:wrong@127.0.0.1:{}/", server.port());
    let error = connect_to(&url).err().unwrap();
    row("a wrong password")
        .seen("authentication failed")
        .source(by)
        .check(&error);
}

#[test]
fn connections_that_end() {
    let Some(mut server) = Redis::start() else {
        return;
    };
    let name = server.version();
    let by = "redis: the command may have been sent";
    let row = |fault| Row::new("redis", fault).server(&name).source(by);
    let (mut connection, mut other) = (connect(&server), connect(&server));
    let id: i64 = cmd("CLIENT").arg("ID").query(&mut connection).unwrap();
    run(&mut other, &format!("CLIENT KILL ID {id}"));
    let error = increment(&mut connection).unwrap_err();
    row("CLIENT KILL").seen("Kind(").check(&error);

    let mut waiting = connect(&server);
    let blocked = thread::spawn(move || waiting.blpop::<_, (String, String)>("queue", 0.0));
    while blocked_clients(&mut other) == 0 {}
    run(&mut other, "CLIENT KILL TYPE normal SKIPME yes");
    let error = blocked.join().unwrap().unwrap_err();
    row("CLIENT KILL as BLPOP waits").seen("Eof").check(&error);

    let mut slow = connect(&server);
    slow.set_read_timeout(Some(Duration::from_millis(50)))
        .unwrap();
    run(&mut other, "CLIENT PAUSE 10000");
    let error = increment(&mut slow).unwrap_err();
    row("CLIENT PAUSE, and a time-out")
        .seen("WouldBlock")
        .check(&error);

    server.down();
    let refused = connect_to(&server.url()).err().unwrap();
    let row = row("the server is not there").seen("Connection refused");
    row.source("redis: no connection").check(&refused);
    let lookup = connect_to("redis://no.such.host.invalid/").err().unwrap();
    let row = Row::new("redis", "a name that does not resolve").seen("failed to lookup");
    row.source("redis: no connection").check(&lookup);
}

/// Its answer is seen only if it comes before the connection is reset.
#[test]
fn too_many_clients() {
    let Some(server) = Redis::start_with(&["--maxclients", "1"]) else {
        return;
    };
    // The one that waited for the server may still be there.
    let only = std::iter::repeat_with(|| connect_to(&server.url()).ok());
    let _only = only.flatten().next().unwrap();
    let error = connect_to(&server.url()).err().unwrap();
    assert!(error.verdict().is_retry() && !error.unsent(), "{error}");

    let info = Client::open(server.url())
        .unwrap()
        .get_connection_info()
        .clone();
    let settings = info.redis_settings().clone().set_skip_set_lib_name();
    let client = Client::open(info.set_redis_settings(settings)).unwrap();
    let mut connection = client.get_connection().unwrap();
    thread::sleep(Duration::from_millis(100));
    let error = increment(&mut connection).unwrap_err();
    let fault = "too many clients: a connection that is not set up";
    let row = Row::new("redis", fault).server(server.version());
    let by = "Redis, acceptCommonHandler in networking.c";
    row.seen("max number of clients reached")
        .source(by)
        .check(&error);
}
