//! Guards around functions that return a `tonic::Status`.

use support::interrupted::{each_guard, each_is_judged};
use tonic::Status;

#[tokio::test(start_paused = true)]
async fn an_interrupt_is_found_in_a_status() {
    each_guard::<Status>().await;
    each_is_judged::<Status>();
}
