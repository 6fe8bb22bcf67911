//! Clients of the second ring: each file is a client, or a kind of them.

mod aws;
mod diesel;
mod lettre;
mod mysql;
mod pools;
mod reqwest_middleware;
mod ureq;
