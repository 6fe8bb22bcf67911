//! Callbacks that print a call as a timeline; generic, so that any function can use them.

use std::env;
use std::fmt::Display;
use std::io::{IsTerminal, stdout};

use persevere::{Outcome, RetryState};

/// `before_sleep`: what happened, and the pause that follows.
pub(crate) fn pause<O: Outcome<Error: Display>>(state: &RetryState<'_, O>) {
    if let (Some(error), Some(pause)) = (state.err(), state.pause()) {
        let asked = match state.hint() {
            Some(_) => ", as the server asked",
            None => "",
        };
        let then = format!("pause {:.2}s{asked}", pause.as_secs_f64());
        line(state, "33", error, &then);
    }
}

/// `on_success`: the value.
pub(crate) fn success<O: Outcome<Value: Display>>(state: &RetryState<'_, O>) {
    if let Some(value) = state.outcome().and_then(Outcome::value) {
        line(state, "32", value, "");
    }
}

/// `on_failure`: the last error, and why there is no further attempt.
pub(crate) fn failure<O: Outcome<Error: Display>>(state: &RetryState<'_, O>) {
    if let (Some(error), Some(reason)) = (state.err(), state.reason()) {
        line(state, "31", error, &format!("gave up: {reason}"));
    }
}

pub(crate) fn title(text: &str) {
    println!("\n{}\n", paint("1", text));
}

pub(crate) fn fact(name: &str, value: impl Display) {
    println!("  {}  {value}", dim(format_args!("{name:<10}")));
}

fn line<O>(state: &RetryState<'_, O>, colour: &str, what: impl Display, then: &str) {
    let elapsed = dim(format_args!("{:5.2}s", state.elapsed().as_secs_f64()));
    print!("  {elapsed}  attempt {}  ", state.attempt());
    if then.is_empty() {
        println!("{}", paint(colour, what));
    } else {
        let what = format!("{:<39}", what.to_string());
        println!("{}  {}", paint(colour, what), dim(then));
    }
}

fn dim(text: impl Display) -> String {
    paint("2", text)
}

/// In colour where a person looks.
fn paint(code: &str, text: impl Display) -> String {
    if stdout().is_terminal() && env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()) {
        format!("\x1b[{code}m{text}\x1b[0m")
    } else {
        text.to_string()
    }
}
