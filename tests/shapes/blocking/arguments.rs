//! Forms of arguments, and bodies that use them.

use crate::common::{Refused, Tries};
use persevere::retry;
use std::io::{Read, Write};
use std::pin::Pin;

#[retry(wait = none())]
fn unique(log: &mut Vec<u32>, tries: &Tries) -> Result<usize, Refused> {
    log.push(tries.next());
    if log.len() < 3 {
        Err(Refused(1))
    } else {
        Ok(log.len())
    }
}

fn consume<W: Write>(mut out: W) -> std::io::Result<()> {
    out.write_all(b"x")
}

#[retry(wait = none())]
fn passed_on_by_value(out: &mut Vec<u8>, tries: &Tries) -> std::io::Result<u32> {
    consume(out)?;
    Ok(tries.third()?)
}

#[retry(wait = none())]
fn generic_unique<R: Read + ?Sized>(from: &mut R, tries: &Tries) -> std::io::Result<u32> {
    let mut byte = [0];
    Read::read_exact(&mut { from }, &mut byte)?;
    Ok(tries.third()? + u32::from(byte[0]))
}

#[retry(wait = none())]
fn mutable_binding(mut from: &mut &[u8], tries: &Tries) -> std::io::Result<u32> {
    let mut byte = [0];
    (&mut from).read_exact(&mut byte)?;
    Ok(tries.third()? + u32::from(byte[0]))
}

#[retry(wait = none())]
fn unique_dyn(from: &mut dyn Iterator<Item = u32>, tries: &Tries) -> Result<u32, Refused> {
    let n: u32 = from.take(1).sum();
    tries.third().map(|_| n)
}

#[retry(wait = none())]
fn pinned(mut number: Pin<&mut u32>, tries: &Tries) -> Result<u32, Refused> {
    number.set(*number + 1);
    take_pinned(number);
    tries.third()
}

fn take_pinned(mut number: Pin<&mut u32>) {
    number.set(*number + 1);
}

#[test]
fn unique_borrows() {
    let mut log = Vec::new();
    assert_eq!(unique(&mut log, &Tries::new()), Ok(3));
    assert_eq!(log, [1, 2, 3]);
    let mut out = Vec::new();
    assert_eq!(passed_on_by_value(&mut out, &Tries::new()).unwrap(), 3);
    assert_eq!(out, *b"xxx");
    assert_eq!(
        generic_unique(&mut &[1, 2, 3][..], &Tries::new()).unwrap(),
        6
    );
    assert_eq!(
        mutable_binding(&mut &[1, 2, 3][..], &Tries::new()).unwrap(),
        6
    );
    assert_eq!(unique_dyn(&mut (1..), &Tries::new()), Ok(3));
    let mut number = 0;
    assert_eq!(pinned(Pin::new(&mut number), &Tries::new()), Ok(3));
    assert_eq!(number, 6);
}

#[retry(wait = none())]
fn slices(tries: &Tries, from: &[u8], to: &mut [u8]) -> Result<usize, Refused> {
    to[..from.len()].copy_from_slice(from);
    to[0] += tries.third()? as u8;
    Ok(to.len())
}

#[retry(wait = none())]
fn tuple((tries, n): (&Tries, u32), [a, b]: [u32; 2]) -> Result<u32, Refused> {
    tries.third().map(|three| three + n + a + b)
}

struct Point {
    x: u32,
    y: u32,
}

#[retry(wait = none(), stop = after_attempt(x + up))]
fn fields(
    tries: &Tries,
    Point { x, y: up }: Point,
    &Point { x: left, .. }: &Point,
) -> Result<u32, Refused> {
    tries.next();
    Err(Refused(x + up + left))
}

#[retry(wait = none())]
fn ignored(tries: &Tries, _: u32, _unused: &str, _written: &mut u32) -> Result<u32, Refused> {
    tries.third()
}

#[retry(wait = none())]
fn unique_in_patterns(
    (log, mut from): (&mut Vec<u8>, &mut &[u8]),
    ref mut n: u32,
    tries: &Tries,
) -> Result<u32, Refused> {
    *n += 1;
    consume(log).map_err(|_| Refused(8))?;
    consume_number(n);
    from.read_exact(&mut [0]).map_err(|_| Refused(9))?;
    (&mut from).read_exact(&mut [0]).map_err(|_| Refused(9))?;
    tries.third()
}

fn consume_number<N: std::ops::AddAssign<u32> + ?Sized>(n: &mut N) {
    *n += 1;
}

#[retry(wait = none())]
fn by_reference(
    tries: &Tries,
    ref text: String,
    ref all @ [first, ..]: [u32; 2],
) -> Result<usize, Refused> {
    tries
        .third()
        .map(|_| text.len() + all.len() + first as usize)
}

#[retry(wait = none())]
fn moved_copies(tries: &Tries, n: u32, text: &'static str) -> Result<(u32, &'static str), Refused> {
    let give = move || (n, text);
    tries.third()?;
    Ok(give())
}

#[retry(wait = none())]
fn shadowed(tries: &Tries, n: u32) -> Result<u32, Refused> {
    let n = n + tries.third()?;
    let tries = n + 1;
    Ok(tries)
}

#[retry(wait = none())]
fn attributed(
    #[cfg(not(any()))] tries: &Tries,
    #[cfg(any())] gone: &mut u32,
) -> Result<u32, Refused> {
    tries.third()
}

#[retry(wait = none())]
fn twelve(
    tries: &Tries,
    a: u32,
    b: u32,
    c: u32,
    d: u32,
    e: u32,
    f: u32,
    g: u32,
    h: u32,
    i: u32,
    j: u32,
    k: u32,
) -> Result<u32, Refused> {
    tries
        .third()
        .map(|_| a + b + c + d + e + f + g + h + i + j + k)
}

#[test]
fn patterns() {
    let mut to = [0; 3];
    assert_eq!(slices(&Tries::new(), &[1, 2], &mut to), Ok(3));
    assert_eq!(to, [4, 2, 0]);
    assert_eq!(tuple((&Tries::new(), 1), [1, 1]), Ok(6));
    let tries = Tries::new();
    let outcome = fields(&tries, Point { x: 2, y: 2 }, &Point { x: 1, y: 0 });
    assert_eq!(outcome, Err(Refused(5)));
    assert_eq!(tries.made(), 4);
    assert_eq!(ignored(&Tries::new(), 1, "", &mut 1), Ok(3));
    let mut log = Vec::new();
    let six = &mut &[0; 6][..];
    assert_eq!(unique_in_patterns((&mut log, six), 0, &Tries::new()), Ok(3));
    assert_eq!(log, *b"xxx");
    assert_eq!(by_reference(&Tries::new(), "abc".to_owned(), [1, 2]), Ok(6));
    assert_eq!(moved_copies(&Tries::new(), 1, "x"), Ok((1, "x")));
    assert_eq!(shadowed(&Tries::new(), 1), Ok(5));
    assert_eq!(attributed(&Tries::new()), Ok(3));
    assert_eq!(
        twelve(&Tries::new(), 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1),
        Ok(11)
    );
}

#[retry(wait = none(), clone(bytes, text))]
fn cloned(tries: &Tries, mut bytes: Vec<u8>, text: String) -> Result<(Vec<u8>, String), Refused> {
    bytes.push(tries.next() as u8);
    if tries.made() < 3 {
        drop((bytes, text));
        return Err(Refused(1));
    }
    Ok((bytes, text))
}

#[retry(wait = none(), clone(text, n))]
fn cloned_out_of_a_pattern(
    tries: &Tries,
    (text, mut n): (String, u32),
) -> Result<(String, u32), Refused> {
    n += 1;
    tries.third().map(|_| (text, n))
}

#[test]
fn clones() {
    let tries = Tries::new();
    let outcome = cloned(&tries, vec![0], "x".to_owned());
    assert_eq!(outcome, Ok((vec![0, 3], "x".to_owned())));
    let outcome = cloned_out_of_a_pattern(&Tries::new(), ("x".to_owned(), 1));
    assert_eq!(outcome, Ok(("x".to_owned(), 2)));
}
