//! Guards around functions that return the errors of clients themselves.

use persevere::Classified;
use support::interrupted::{each_guard, each_guard_of_boxed, each_is_judged};

#[tokio::test(start_paused = true)]
async fn an_interrupt_is_found_in_the_error_of_sqlx() {
    each_guard::<sqlx::Error>().await;
    each_is_judged::<sqlx::Error>();
    each_is_judged::<Classified<sqlx::Error>>();
}

#[tokio::test(start_paused = true)]
async fn an_interrupt_is_found_in_the_error_of_redis() {
    each_guard::<redis::RedisError>().await;
    each_is_judged::<redis::RedisError>();
    each_is_judged::<Classified<redis::RedisError>>();
}

#[tokio::test(start_paused = true)]
async fn an_interrupt_is_found_in_the_errors_of_the_standard_library() {
    use std::error::Error;
    each_guard::<std::io::Error>().await;
    each_is_judged::<std::io::Error>();
    each_guard::<std::sync::Arc<dyn Error + Send + Sync>>().await;
    each_guard_of_boxed::<Box<dyn Error>>().await;
    each_guard_of_boxed::<Box<dyn Error + Send>>().await;
    each_guard_of_boxed::<Box<dyn Error + Send + Sync>>().await;
}

#[tokio::test(start_paused = true)]
async fn an_interrupt_is_found_in_an_error_of_anyhow() {
    each_guard_of_boxed::<anyhow::Error>().await;
}
