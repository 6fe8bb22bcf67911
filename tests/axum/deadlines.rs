//! The deadline that a caller gives, in a handler.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderName, StatusCode};
use axum::routing::get as route;
use persevere::axum::{DeadlineLayer, RequestDeadline};
use persevere::{Interrupt, retry};
use tokio::time::{Instant, sleep};

use crate::{get, text};

const SECOND: Duration = Duration::from_secs(1);

/// Fails for as long as it may.
#[retry(stop = never(), wait = fixed(30s), nested = share())]
async fn shared() -> io::Result<()> {
    Err(io::ErrorKind::ConnectionRefused.into())
}

/// The same, without a look at the calls around it.
#[retry(stop = never(), wait = fixed(30s))]
async fn independent() -> io::Result<()> {
    Err(io::ErrorKind::ConnectionRefused.into())
}

/// Returns the time that its call has left.
#[retry(nested = share(), attempt = at)]
async fn left() -> io::Result<Option<Duration>> {
    Ok(at.remaining())
}

async fn millis_left() -> u128 {
    left().await.unwrap().unwrap().as_millis()
}

#[tokio::test(start_paused = true)]
async fn a_call_that_shares_ends_before_a_pause_that_would_pass_the_deadline() {
    let handler = async || match shared().await {
        Ok(()) => "fresh",
        Err(_) => "from the cache",
    };
    let app = Router::new()
        .route("/", route(handler))
        .layer(DeadlineLayer::new());
    let start = Instant::now();
    let response = get(&app, "/", &[("grpc-timeout", "2S")]).await;
    assert_eq!(text(response).await, "from the cache");
    assert_eq!(start.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn the_handler_answers_for_an_attempt_that_the_deadline_cut() {
    #[retry(nested = share())]
    async fn hangs() -> Result<(), Interrupt> {
        std::future::pending().await
    }
    let handler = async || {
        hangs()
            .await
            .map_err(|cut| (StatusCode::IM_A_TEAPOT, cut.to_string()))
    };
    let layer = DeadlineLayer::new().reserve(Duration::from_millis(50));
    let app = Router::new().route("/", route(handler)).layer(layer);
    let start = Instant::now();
    let response = get(&app, "/", &[("connect-timeout-ms", "2000")]).await;
    assert_eq!(response.status(), StatusCode::IM_A_TEAPOT);
    assert_eq!(text(response).await, "the deadline has passed");
    assert_eq!(start.elapsed(), Duration::from_millis(1950));
}

#[tokio::test(start_paused = true)]
async fn every_other_call_is_dropped_with_its_handler() {
    static DROPPED: AtomicBool = AtomicBool::new(false);
    struct Marks;
    impl Drop for Marks {
        fn drop(&mut self) {
            DROPPED.store(true, Ordering::Relaxed);
        }
    }
    let handler = async || {
        let _marks = Marks;
        independent().await.unwrap();
    };
    let app = Router::new()
        .route("/", route(handler))
        .layer(DeadlineLayer::new());
    let start = Instant::now();
    let response = get(&app, "/", &[("x-envoy-expected-rq-timeout-ms", "2000")]).await;
    assert_eq!(response.status(), 504);
    assert_eq!(start.elapsed(), 2 * SECOND);
    assert!(DROPPED.load(Ordering::Relaxed));
    assert!(text(response).await.contains(r#""reason":"deadline""#));
}

#[tokio::test(start_paused = true)]
async fn a_request_whose_time_is_up_does_not_reach_its_handler() {
    static CALLED: AtomicBool = AtomicBool::new(false);
    let handler = async || CALLED.store(true, Ordering::Relaxed);
    let app = Router::new()
        .route("/", route(handler))
        .layer(DeadlineLayer::new());
    let response = get(&app, "/", &[("grpc-timeout", "0n")]).await;
    assert_eq!(response.status(), 504);
    assert!(!CALLED.load(Ordering::Relaxed));
    assert_eq!(get(&app, "/", &[]).await.status(), 200);
    assert!(CALLED.load(Ordering::Relaxed));
}

#[tokio::test(start_paused = true)]
async fn no_time_is_longer_than_the_servers() {
    let handler = async || {
        left()
            .await
            .unwrap()
            .map(|left| left.as_millis())
            .unwrap_or(0)
            .to_string()
    };
    let request_timeout = HeaderName::from_static("request-timeout");
    let layer = DeadlineLayer::new()
        .max(3 * SECOND)
        .seconds(request_timeout);
    let app = Router::new().route("/", route(handler)).layer(layer);
    let table: [(&[(&str, &str)], &str); 5] = [
        (&[], "3000"),
        (&[("grpc-timeout", "99H")], "3000"),
        (&[("request-timeout", "1.5")], "1500"),
        (&[("request-timeout", "soon")], "3000"),
        (&[("request-timeout", "2"), ("grpc-timeout", "700m")], "700"),
    ];
    for (headers, left) in table {
        assert_eq!(
            text(get(&app, "/", headers).await).await,
            left,
            "{headers:?}"
        );
    }
    // Without a longest time a request without a header has none.
    let app = Router::new()
        .route("/", route(handler))
        .layer(DeadlineLayer::new());
    assert_eq!(text(get(&app, "/", &[]).await).await, "0");
}

#[tokio::test(start_paused = true)]
async fn the_shorter_of_two_layers_holds() {
    let handler = async || millis_left().await.to_string();
    let inner = DeadlineLayer::new().max(SECOND);
    let outer = DeadlineLayer::new().max(5 * SECOND);
    let app = Router::new().route("/short", route(handler).layer(inner));
    let app = app.route("/long", route(handler)).layer(outer);
    assert_eq!(text(get(&app, "/short", &[]).await).await, "1000");
    assert_eq!(text(get(&app, "/long", &[]).await).await, "5000");
    let brief = [("grpc-timeout", "200m")];
    assert_eq!(text(get(&app, "/short", &brief).await).await, "200");
}

#[tokio::test(start_paused = true)]
async fn a_spawned_task_sees_the_deadline_only_if_it_is_given() {
    let handler = async |deadline: RequestDeadline| {
        let alone = tokio::spawn(left()).await.unwrap().unwrap();
        let given = tokio::spawn(deadline.run(left())).await.unwrap().unwrap();
        assert_eq!(deadline.remaining(), given);
        format!("{alone:?} {given:?}")
    };
    let app = Router::new()
        .route("/", route(handler))
        .layer(DeadlineLayer::new());
    let response = get(&app, "/", &[("grpc-timeout", "2S")]).await;
    assert_eq!(text(response).await, "None Some(2s)");
}

/// The future of a handler moves between threads, and other tasks run on each of them meanwhile.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn each_handler_sees_its_own_deadline_on_any_thread() {
    let handler = async || {
        let mut before = millis_left().await;
        let mut threads = vec![std::thread::current().id()];
        for _ in 0..50 {
            sleep(Duration::from_millis(1)).await;
            tokio::task::yield_now().await;
            let now = millis_left().await;
            assert!(now <= before && before - now < 60_000);
            before = now;
            threads.push(std::thread::current().id());
        }
        threads.dedup();
        format!("{} {}", before / 1_000_000, threads.len() > 1)
    };
    let app = Router::new()
        .route("/", route(handler))
        .layer(DeadlineLayer::new());
    let outside = async || assert_eq!(left().await.unwrap(), None);
    let mut tasks = Vec::new();
    for number in 1..=64_u64 {
        let app = app.clone();
        tasks.push(tokio::spawn(async move {
            // Far from each other, and so long that no speed of the machine matters.
            let timeout = format!("{}m", number * 1_000_000 + 500_000);
            let (response, ()) = tokio::join!(
                async { text(get(&app, "/", &[("grpc-timeout", &timeout)]).await).await },
                outside(),
            );
            let (left, moved) = response.split_once(' ').unwrap();
            assert_eq!(left.parse::<u64>().unwrap(), number);
            moved == "true"
        }));
    }
    let mut moved = 0;
    for task in tasks {
        moved += usize::from(task.await.unwrap());
    }
    // On a machine with one core they may all stay where they are.
    println!("{moved} of 64 handlers moved to another thread");
}

/// The layer's own cut is at the end of the time, and not where that of the calls is.
#[tokio::test(start_paused = true)]
async fn a_handler_has_what_is_reserved_for_it() {
    let handler = async || {
        assert!(shared().await.is_err());
        sleep(SECOND / 2).await;
        "from the cache"
    };
    for (reserve, elapsed) in [(SECOND, 1500), (2 * SECOND, 500), (Duration::MAX, 500)] {
        let layer = DeadlineLayer::new().reserve(reserve);
        let handler = async move || {
            // It ends where the time of calls does, and at once where there is none.
            sleep(Duration::from_millis(elapsed - 500)).await;
            handler().await
        };
        let app = Router::new().route("/", route(handler)).layer(layer);
        let start = Instant::now();
        let response = get(&app, "/", &[("grpc-timeout", "2S")]).await;
        assert_eq!(text(response).await, "from the cache", "{reserve:?}");
        assert_eq!(start.elapsed(), Duration::from_millis(elapsed));
    }
}
