//! The guide in `docs/src`, compiled: the Rust blocks of each chapter are doctests of a module here.

/// A module for each chapter.
macro_rules! chapters {
    ($($name:ident: $path:literal,)+) => {
        $(#[cfg(doctest)] #[doc = include_str!(concat!("../../../docs/src/", $path))] mod $name {})+
    };
}

chapters! {
    introduction: "introduction.md",
    patterns: "patterns.md",
    strategies: "strategies.md",
    limits: "limits.md",
    rate_limiters: "rate_limiters.md",
    bulkheads: "bulkheads.md",
    streams: "streams.md",
    pages: "pages.md",
    polling: "polling.md",
    readiness: "readiness.md",
    one_policy: "one_policy_for_many_functions.md",
    http: "http.md",
    grpc: "grpc.md",
    databases: "databases.md",
    tower_services: "tower.md",
    axum_services: "axum.md",
    messaging: "messaging.md",
    mail: "mail.md",
    jobs: "jobs.md",
    beneath: "beneath.md",
    production: "production.md",
    fleet: "fleet.md",
    config: "config.md",
    testing: "testing.md",
    telemetry: "telemetry.md",
    operating: "operating.md",
    simulator: "simulator.md",
    from_tenacity: "migrating/tenacity.md",
    from_resilience4j: "migrating/resilience4j.md",
    from_polly: "migrating/polly.md",
    from_failsafe_go: "migrating/failsafe_go.md",
    from_grpc: "migrating/grpc.md",
    from_backon: "migrating/backon.md",
    from_backoff: "migrating/backoff.md",
    from_tokio_retry: "migrating/tokio_retry.md",
    from_again: "migrating/again.md",
    from_tower: "migrating/tower.md",
    from_reqwest_retry: "migrating/reqwest_retry.md",
    from_failsafe: "migrating/failsafe.md",
    failures: "failures.md",
    performance: "performance.md",
}
