//! A server of a stream of numbers, which a test runs in a process of its own and kills.

use std::convert::Infallible;
use std::net::Ipv4Addr;
use std::time::Duration;

use futures_util::stream;
use tokio::time::sleep;
use tonic::body::Body;
use tonic::server::Grpc;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status};
use tower::service_fn;

use crate::codec::Text;

/// Serves the numbers after that of the request up to the last, each in a message of a kilobyte.
///
/// With an age, a connection is asked to go away at that age, and is cut as long after that; and a number comes each
/// millisecond.
pub async fn serve(port: u16, last: usize, age: Option<Duration>) {
    let incoming = TcpIncoming::bind((Ipv4Addr::LOCALHOST, port).into()).expect("a free port");
    let service = service_fn(move |request: http::Request<Body>| async move {
        let count = service_fn(move |request: Request<String>| async move {
            let after = number(request.get_ref());
            let numbers = stream::unfold(after + 1, move |number| async move {
                if age.is_some() {
                    sleep(Duration::from_millis(1)).await;
                }
                let text = format!("{number} {}", "x".repeat(1000));
                (number <= last).then_some((Ok::<_, Status>(text), number + 1))
            });
            Ok::<_, Status>(Response::new(numbers))
        });
        Ok::<_, Infallible>(Grpc::new(Text).server_streaming(count, request).await)
    });
    let mut server = Server::builder();
    if let Some(age) = age {
        server = server.max_connection_age(age).max_connection_age_grace(age);
    }
    let served = server.serve_with_incoming(service, incoming).await;
    served.expect("a server until it is killed");
}

/// Returns the number that a message begins with.
pub fn number(text: &str) -> usize {
    let first = text.split(' ').next();
    first
        .and_then(|first| first.parse().ok())
        .expect("a number")
}
