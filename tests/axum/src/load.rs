//! Callers of the shop.

use std::net::SocketAddr;
use std::time::Duration;

use reqwest::{Client, StatusCode};
use tokio::task::JoinSet;

const ROUTES: [&str; 4] = ["stock", "price", "report", "search"];

/// Sends requests by tasks of many callers, of which some give little time, and some go away. Returns the statuses
/// of the answers; `None` is a caller that went away.
pub async fn load(shop: SocketAddr, tasks: u64, each: u64) -> Vec<Option<StatusCode>> {
    let mut callers = JoinSet::new();
    for task in 0..tasks {
        callers.spawn(async move {
            let http = Client::new();
            let mut statuses = Vec::new();
            for number in 0..each {
                let route = ROUTES[(task + number) as usize % ROUTES.len()];
                let host = (task * 7 + number) % 3;
                let mut request = http.get(format!("http://{shop}/{route}/{host}"));
                if number % 5 == 1 {
                    request = request.header("grpc-timeout", "60m");
                }
                let patience = Duration::from_millis(if number % 13 == 5 { 8 } else { 60_000 });
                let answer = tokio::time::timeout(patience, request.send()).await;
                statuses.push(answer.ok().map(|answer| answer.unwrap().status()));
            }
            statuses
        });
    }
    callers.join_all().await.concat()
}
