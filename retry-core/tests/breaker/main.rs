//! Circuit breakers on a clock that begins with their own: the first instant that a breaker reads in a process is
//! the zero of all of them, from which windows of time are divided.
#![cfg(feature = "std")]

mod clock;
mod consecutive;
mod properties;
mod threads;
mod window;
