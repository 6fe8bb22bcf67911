//! HTTP servers that really fail, as their clients see them: each file is a client, or a kind of failure.

mod certificates;
mod exchanges;
mod exported;
mod http2;
mod hyper;
mod interrupts;
mod lists;
mod posts;
mod proxies;
mod readme;
mod redirects;
mod reqwest;
mod responses;
mod rotation;
mod sse;
mod stacked;
mod tunnels;
mod worked;
