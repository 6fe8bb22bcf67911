//! Every key, alone and with others, in blocking and in async functions.

mod borrowing;
mod callbacks;
mod cases;
mod each_async;
mod each_blocking;
mod guards;
mod limits;
mod naming;
mod once;
mod policies;
mod precedence;
mod sets;
mod together;
mod vocabulary;
