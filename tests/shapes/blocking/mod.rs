//! Functions that run on the caller's thread.

mod arguments;
mod bodies;
mod functions;
mod generics;
mod methods;
mod names;
mod outcomes;
