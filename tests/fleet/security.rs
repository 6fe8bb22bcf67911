//! What a member needs of Redis, what it says of it, what it sends, and what it makes of garbage.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::time::Duration;
use std::{fs, thread};

use base64::Engine;
use persevere::CircuitBreaker;
use persevere::RateLimiter;
use persevere::fleet::{Failure, Fleet, FleetBuilder, Status};
use persevere::rate_limiter::SECOND;
use redis::{Client, Connection, TlsCertificates, cmd};
use support::Redis;

use crate::members::Proxy;

/// All that a user of Redis needs, for a member: the keys of its namespace, and these commands.
///
/// An address with another database than 0 needs `+select` too. The client tells its name by `CLIENT SETINFO`, and does
/// without.
const COMMANDS: [&str; 9] = [
    "+eval", "+evalsha", "+hdel", "+hget", "+hgetall", "+hmget", "+hset", "+pexpire", "+time",
];

fn limiter() -> Arc<RateLimiter> {
    Arc::new(RateLimiter::new("github").rate(100, SECOND).burst(10))
}

/// Starts a member that exchanges often.
async fn start(fleet: FleetBuilder, limiter: &Arc<RateLimiter>) -> Fleet {
    let fleet = fleet.namespace("shop").members(2);
    let fleet = fleet
        .every(Duration::from_millis(20))
        .lease(Duration::from_millis(400));
    fleet.join(Arc::clone(limiter)).start().await.unwrap()
}

/// Waits until the status is so.
async fn becomes(fleet: &Fleet, is: impl Fn(&Status) -> bool) -> Status {
    for _ in 0..6_000 {
        let status = fleet.status();
        if is(&status) {
            return status;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("not within a minute: {:?}", fleet.status());
}

/// Checks that a member is alone for this reason, and still gives out its permits.
async fn is_alone(address: &str, failure: Failure) {
    let limiter = limiter();
    let fleet = start(Fleet::connect(address), &limiter).await;
    becomes(&fleet, |status| status.failure == Some(failure)).await;
    assert!(!fleet.status().joined);
    assert!(limiter.try_acquire().is_ok());
    let told = format!("{fleet:?} {:?}", fleet.status());
    assert!(
        !told.contains("hunter2") && !told.contains("fleet-user") && !told.contains("127.0.0.1"),
        "{told}"
    );
}

fn connect(redis: &Redis) -> Connection {
    let client = Client::open(redis.url()).unwrap();
    client.get_connection().unwrap()
}

fn allow(redis: &mut Connection, keys: &str, commands: &[&str]) {
    let mut user = cmd("ACL");
    user.arg(&[
        "SETUSER",
        "fleet-user",
        "reset",
        "on",
        ">hunter2",
        keys,
        "-@all",
    ]);
    let () = user.arg(commands).query(redis).unwrap();
}

fn address(redis: &Redis) -> String {
    format!("redis://fleet-user:hunter2@127.0.0.1:{}/", redis.port())
}

#[tokio::test]
async fn a_user_may_do_just_what_the_scripts_need() {
    let Some(redis) = Redis::start() else { return };
    let mut connection = connect(&redis);
    let mut joins = async |commands: &[&str], keys: &str| {
        let () = cmd("FLUSHALL").query(&mut connection).unwrap();
        // A member that is no longer: a record that is removed.
        let mut record = cmd("HSET");
        record.arg("shop:{rate_limiter:github}").arg("m:0");
        let () = record
            .arg("0:0:99999999999999:0")
            .query(&mut connection)
            .unwrap();
        allow(&mut connection, keys, commands);
        let breaker = Arc::new(CircuitBreaker::new("payments"));
        let fleet = Fleet::connect(address(&redis)).join(breaker);
        let fleet = start(fleet, &limiter()).await;
        let tried = |status: &Status| status.exchanges > 0 || status.failures > 1;
        let status = becomes(&fleet, tried).await;
        status.failure
    };
    assert_eq!(joins(&COMMANDS, "~shop:*").await, None);
    assert_eq!(joins(&COMMANDS, "~other:*").await, Some(Failure::Denied));
    for denied in COMMANDS {
        let others: Vec<_> = COMMANDS.into_iter().filter(|one| *one != denied).collect();
        let failure = joins(&others, "~shop:*").await;
        // A server that has the script needs no `EVAL`.
        let failure_expected = (denied != "+eval").then_some(Failure::Denied);
        assert_eq!(failure, failure_expected, "{denied}");
    }
}

#[tokio::test]
async fn a_wrong_password_leaves_a_member_alone_until_it_is_right() {
    let Some(redis) = Redis::start() else { return };
    let mut connection = connect(&redis);
    is_alone(&address(&redis), Failure::Denied).await;
    let fleet = start(Fleet::connect(address(&redis)), &limiter()).await;
    allow(&mut connection, "~shop:*", &COMMANDS);
    becomes(&fleet, |status| status.joined).await;
    let () = cmd("CONFIG")
        .arg(&["SET", "requirepass", "other"])
        .query(&mut connection)
        .unwrap();
    is_alone(&redis.url(), Failure::Denied).await;
}

#[test]
fn secrets_are_not_shown() {
    for address in [
        "redis://fleet-user:hunter2@127.0.0.1:1/",
        "redis://fleet-user:hunter2@127.0.0.1:1/not-a-database",
        "http://fleet-user:hunter2@127.0.0.1/",
        "redis://fleet-user:hunter2@:99999999/",
    ] {
        let fleet = Fleet::connect(address).namespace("shop");
        let shown = format!("{fleet:?}");
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let started = runtime.unwrap().block_on(fleet.start());
        let shown = match started {
            Ok(fleet) => format!("{shown} {fleet:?} {:?}", fleet.status()),
            Err(error) => format!("{shown} {error} {error:?}"),
        };
        let secret = ["hunter2", "fleet-user", "127.0.0.1"];
        assert!(
            !secret.iter().any(|secret| shown.contains(secret)),
            "{shown}"
        );
    }
}

/// Splits what was sent into commands.
fn commands(sent: &[u8]) -> Vec<Vec<String>> {
    let text = String::from_utf8_lossy(sent).into_owned();
    let (mut rest, mut commands) = (&*text, Vec::new());
    fn line<'a>(rest: &mut &'a str) -> Option<&'a str> {
        let (line, after) = rest.split_once("\r\n")?;
        *rest = after;
        Some(line)
    }
    while let Some(count) = line(&mut rest) {
        let count: usize = count.strip_prefix('*').expect("an array").parse().unwrap();
        let mut words = Vec::new();
        for _ in 0..count {
            let Some(length) = line(&mut rest) else {
                return commands;
            };
            let length: usize = length.strip_prefix('$').expect("a text").parse().unwrap();
            let Some((word, after)) = rest.split_at_checked(length + 2) else {
                return commands;
            };
            words.push(word.trim_end().to_owned());
            rest = after;
        }
        commands.push(words);
    }
    commands
}

#[tokio::test]
async fn scripts_keys_and_numbers_leave_the_process_and_nothing_else() {
    let Some(redis) = Redis::start() else { return };
    let proxy = Proxy::to(redis.port());
    let limiter = limiter();
    let fleet = start(Fleet::connect(proxy.url()), &limiter).await;
    becomes(&fleet, |status| status.exchanges > 5).await;
    fleet.leave().await;
    let mut asked = 0;
    for command in commands(&proxy.sent()) {
        if command[0] == "CLIENT" {
            // The name and version of the library, by itself.
            assert_eq!(command[1], "SETINFO", "{command:?}");
            continue;
        }
        let [name, script, keys, key, member, numbers @ ..] = &command[..] else {
            panic!("{command:?}");
        };
        assert!(
            name == "EVALSHA" && script.len() == 40 || name == "EVAL",
            "{command:?}"
        );
        assert_eq!((&**keys, &**key), ("1", "shop:{rate_limiter:github}"));
        let hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
        assert!(member.len() == 16 && hex(member), "{command:?}");
        assert!(
            numbers.iter().all(|number| number.parse::<u64>().is_ok()),
            "{command:?}"
        );
        asked += 1;
    }
    assert!(asked > 5);
}

/// A server that gives this answer to every script.
fn liar(answer: Vec<u8>) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for mut client in listener.incoming().flatten() {
            let answer = answer.clone();
            thread::spawn(move || {
                let mut bytes = [0; 8192];
                while let Ok(n @ 1..) = client.read(&mut bytes) {
                    let asks = bytes[..n].windows(4).any(|word| word == b"EVAL");
                    let answer = if asks { &*answer } else { b"+OK\r\n+OK\r\n" };
                    if client.write_all(answer).is_err() {
                        return;
                    }
                }
            });
        }
    });
    format!("redis://127.0.0.1:{port}/")
}

fn numbers(numbers: &[i64]) -> Vec<u8> {
    let mut answer = format!("*{}\r\n", numbers.len());
    for number in numbers {
        answer.push_str(&format!(":{number}\r\n"));
    }
    answer.into_bytes()
}

#[tokio::test]
async fn garbage_leaves_a_member_alone() {
    let mut answers: Vec<Vec<u8>> = [
        "+OK\r\n",
        "-ERR no\r\n",
        "-NOSCRIPT no\r\n",
        "-MOVED 1 127.0.0.1:1\r\n",
        "$-1\r\n",
        "*-1\r\n",
        "*-5\r\n",
        "*0\r\n",
        ":1\r\n",
        "_\r\n",
        "%1\r\n:1\r\n:1\r\n",
        "(99999999999999999999999\r\n",
        ",nan\r\n",
        "*1000000000\r\n",
        "*9223372036854775807\r\n",
        "$99999999999\r\n",
        "$-7\r\nx",
        "HTTP/1.1 400 Bad Request\r\n\r\n",
        "*6\r\n:1\r\n$3\r\n\u{fffd}\r\n:1\r\n:1\r\n:1\r\n:1\r\n",
        "*6\r\n:1\r\n$-1\r\n:1\r\n:1\r\n:1\r\n:1\r\n",
        "*6\r\n:1\r\n:99999999999999999999\r\n:1\r\n:1\r\n:1\r\n:1\r\n",
    ]
    .map(Vec::from)
    .to_vec();
    answers.push(vec![0, 255, 254, 13, 10]);
    answers.push(b"*1\r\n".repeat(10_000));
    answers.push(numbers(&[1]));
    answers.push(numbers(&[2]));
    answers.push(numbers(&[0, 1, 1, 0, 1, 0]));
    answers.push(numbers(&[-1, 1, 1, 0, 1, 0]));
    answers.push(numbers(&[1, -1, 1, 0, 1, 0]));
    answers.push(numbers(&[1, 1, 1, 0, 1, i64::MIN]));
    answers.push(numbers(&[1, 1, 1, 0, 1, 0, 0]));
    answers.push(numbers(&[1; 100_000]));
    let members = answers.into_iter().map(|answer| {
        tokio::spawn(async move {
            let shown = String::from_utf8_lossy(&answer[..answer.len().min(60)]).into_owned();
            let limiter = limiter();
            let fleet = start(Fleet::connect(liar(answer)), &limiter).await;
            let status = becomes(&fleet, |status| status.failures > 2).await;
            assert_eq!((status.exchanges, status.joined), (0, false), "{shown:?}");
            assert!(status.failure.is_some(), "{shown:?}");
            assert!(limiter.try_acquire().is_ok(), "{shown:?}");
            assert_eq!(fleet.status().parts[0].share, Some(0.5), "{shown:?}");
        })
    });
    for member in members.collect::<Vec<_>>() {
        member.await.unwrap();
    }
}

#[tokio::test]
async fn a_lie_gives_no_more_than_the_whole() {
    let all = i64::MAX;
    let limiter = limiter();
    let fleet = start(
        Fleet::connect(liar(numbers(&[1, all, all, all, all, 0]))),
        &limiter,
    )
    .await;
    let status = becomes(&fleet, |status| status.exchanges > 2).await;
    assert_eq!(status.parts[0].share, Some(1.0));
    let taken = (0..1000).filter(|_| limiter.try_acquire().is_ok()).count();
    assert!(taken < 100, "{taken}");
    let held = liar(numbers(&[1, 1, 1, 0, 1, all]));
    let fleet = start(Fleet::connect(held), &limiter).await;
    becomes(&fleet, |status| status.exchanges > 2).await;
    let held = limiter.held_for();
    println!("held for {held:?}");
    assert!(
        held.is_some_and(|held| held <= Duration::from_secs(3_600)),
        "{held:?}"
    );
}

fn pem(name: &str, der: &[u8]) -> String {
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    format!("-----BEGIN {name}-----\n{text}\n-----END {name}-----\n")
}

#[tokio::test]
async fn members_meet_over_tls() {
    let key = rcgen::KeyPair::generate().unwrap();
    let params = rcgen::CertificateParams::new(["localhost".to_owned()]).unwrap();
    let certificate = params.self_signed(&key).unwrap();
    let Some(mut redis) = Redis::start() else {
        return;
    };
    let port = support::free_port().to_string();
    let file = |name: &str, text: String| {
        let path = redis.directory().join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let root = pem("CERTIFICATE", certificate.der());
    let certificate_file = file("certificate", root.clone());
    let key_file = file("key", pem("PRIVATE KEY", &key.serialize_der()));
    let mut connection = connect(&redis);
    let tls: Vec<String> = cmd("CONFIG")
        .arg("GET")
        .arg("tls-port")
        .query(&mut connection)
        .unwrap();
    if tls.is_empty() {
        return support::skipped("a redis-server with TLS");
    }
    redis.configure(&[
        "--tls-port",
        &port,
        "--tls-cert-file",
        &certificate_file,
        "--tls-key-file",
        &key_file,
        "--tls-ca-cert-file",
        &certificate_file,
        "--tls-auth-clients",
        "no",
    ]);
    redis.restart();
    let _ = rustls::crypto::ring::default_provider().install_default();
    let address = format!("rediss://localhost:{port}/");
    let trusting = |root: Option<String>| {
        let address = address.clone();
        Fleet::over(move || {
            let certificates = TlsCertificates {
                client_tls: None,
                root_cert: root.clone().map(String::into_bytes),
            };
            let client = Client::build_with_tls(address.clone(), certificates);
            async move { client?.get_multiplexed_async_connection().await }
        })
    };
    let (one, other) = (limiter(), limiter());
    let fleet = start(trusting(Some(root.clone())), &one).await;
    let _other = start(trusting(Some(root.clone())), &other).await;
    becomes(&fleet, |status| status.members == 2).await;
    // Nobody vouches for the certificate.
    let alone = limiter();
    let fleet = start(trusting(None), &alone).await;
    becomes(&fleet, |status| {
        status.failure == Some(Failure::Unreachable)
    })
    .await;
    assert!(alone.try_acquire().is_ok());
}
