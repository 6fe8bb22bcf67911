//! A gRPC service, `Greeter`, written by hand: its messages are text.

mod client;
mod codec;
pub mod numbers;
mod server;
mod stack;

pub use client::Greeter;
pub use server::{Server, unavailable};
pub use stack::retrying;

use tonic::transport::{Channel, Endpoint};

/// A method with one answer.
const HELLO: &str = "/greeter.Greeter/Hello";
/// A method with a stream of answers, which other servers have.
const ANSWERS: &str = "/greeter.Greeter/Answers";

/// A channel to a URL, which connects when it is used.
pub fn channel(url: impl Into<String>) -> Channel {
    let endpoint = Endpoint::from_shared(url.into());
    endpoint.expect("a URL").connect_lazy()
}
