//! Guards around functions that return an `HttpError`.

use persevere::http::HttpError;
use support::interrupted::{each_guard, each_is_judged};

#[tokio::test(start_paused = true)]
async fn an_interrupt_is_found_in_an_error_of_http() {
    each_guard::<HttpError>().await;
    each_is_judged::<HttpError>();
}
