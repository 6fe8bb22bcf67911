//! gRPC servers that really fail, as their clients see them: each file is a kind of failure.

mod connections;
mod etcd;
mod grpcio;
mod guards;
mod http2;
mod interrupts;
mod layers;
mod pages;
mod rotation;
mod statuses;
mod streams;
mod timeouts;
