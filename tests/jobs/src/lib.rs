//! A queue of mail, the job that sends it, and a post office that cannot always take it.

pub mod again;
pub mod ledger;
pub mod mail;
pub mod office;
pub mod queue;
