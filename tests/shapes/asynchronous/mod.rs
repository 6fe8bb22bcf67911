//! Functions that run in a task.

mod arguments;
mod bodies;
mod functions;
mod futures;
mod generics;
mod methods;
mod outcomes;
mod sending;
