//! Functions with keys whose tokens would be markup outside code: links, tags, addresses, tables, emphasis.
#![deny(missing_docs)]

use persevere::{guard, retry};

/// An error with everything that a pattern can name.
#[derive(Debug)]
pub enum Odd<T> {
    /// A tuple.
    Tuple(T),
    /// A struct.
    Struct {
        /// A field.
        field: [u8; 3],
    },
    /// A character.
    Char(char),
    /// A text.
    Text(String),
}

/// Takes patterns with brackets, bars and braces.
#[retry(
    on = Err(Odd::Tuple(_) | Odd::Struct { .. }),
    on = Err(Odd::Struct { field: [first, .., _last] }) if field(*first)[0] < limits[0],
    unless = Err(Odd::Char('`' | '*' | '_' | '<' | '[')),
    unless = Err(Odd::Text(text)) if text == "[a](b) <b> ``` https://example.org `` `x",
)]
pub fn patterns(limits: &[u8]) -> Result<u8, Odd<u8>> {
    Ok(limits[0])
}

fn field(first: u8) -> [u8; 1] {
    [first]
}

/// Takes generics and closures.
#[retry(
    stop = stop_when(|p| p.attempt() > limits::<T>()[0] || p.elapsed() > <[std::time::Duration; 1]>::default()[0]),
    wait = schedule(vec![std::time::Duration::ZERO; 3]),
    when = err(|e: &Odd<Vec<T>>| matches!(e, Odd::Tuple(all) if !all.is_empty())) | ok(|v| v.len() > 2),
    before_sleep = |s| eprintln!("| {} | <i>{:?}</i> |", s.name(), s.attempt()),
    fallback = |_| Ok(Vec::<T>::new()),
)]
pub fn generics<T>() -> Result<Vec<T>, Odd<Vec<T>>> {
    Ok(Vec::new())
}

fn limits<T>() -> [u32; 1] {
    [u32::try_from(size_of::<T>()).unwrap_or(1)]
}

/**
 * Takes a block comment.
 */
#[guard(deadline = std::time::Duration::MAX, interrupt = |i| Err(Odd::Text(format!("[{i}] <{i:?}>"))))]
pub async fn block() -> Result<u8, Odd<u8>> {
    Ok(1)
}

#[retry(doc = true, once(id = <u64 as Into<u128>>::into(7)), name = "a|b[c]<d>`e")]
pub fn documented_by_its_keys() -> Option<u128> {
    Some(id)
}
