//! A gRPC service with one method, `Greeter.Hello`, written by hand: its messages are text.

mod client;
mod codec;
mod server;
mod stack;

pub use client::Greeter;
pub use server::{Server, unavailable};
pub use stack::retrying;

/// The method of the service.
const HELLO: &str = "/greeter.Greeter/Hello";
