//! Forms of arguments, and bodies that use them.

use crate::common::{Refused, Tries, block_on};
use persevere::retry;
use std::io::{Read, Write};
use std::pin::Pin;

#[retry(wait = none())]
async fn unique(log: &mut Vec<u32>, tries: &Tries) -> Result<usize, Refused> {
    log.push(tries.next());
    persevere::__private::yield_now().await;
    if log.len() < 3 {
        Err(Refused(1))
    } else {
        Ok(log.len())
    }
}

async fn consume<W: Write>(mut out: W) -> std::io::Result<()> {
    out.write_all(b"x")
}

#[retry(wait = none())]
async fn passed_on_by_value(out: &mut Vec<u8>, tries: &Tries) -> std::io::Result<u32> {
    consume(out).await?;
    Ok(tries.third_later().await?)
}

#[retry(wait = none())]
async fn generic_unique<R: Read + ?Sized>(from: &mut R, tries: &Tries) -> std::io::Result<u32> {
    let mut byte = [0];
    Read::read_exact(&mut { from }, &mut byte)?;
    Ok(tries.third_later().await? + u32::from(byte[0]))
}

#[retry(wait = none())]
async fn pinned(mut number: Pin<&mut u32>, tries: &Tries) -> Result<u32, Refused> {
    number.set(*number + 1);
    let outcome = tries.third_later().await;
    take_pinned(number).await;
    outcome
}

async fn take_pinned(mut number: Pin<&mut u32>) {
    number.set(*number + 1);
}

#[retry(wait = none())]
async fn pinned_unchanged(number: Pin<&mut u32>, tries: &Tries) -> Result<u32, Refused> {
    take_pinned(number).await;
    tries.third_later().await
}

#[test]
fn unique_borrows() {
    let mut log = Vec::new();
    assert_eq!(block_on(unique(&mut log, &Tries::new())), Ok(3));
    assert_eq!(log, [1, 2, 3]);
    let mut out = Vec::new();
    assert_eq!(
        block_on(passed_on_by_value(&mut out, &Tries::new())).unwrap(),
        3
    );
    assert_eq!(out, *b"xxx");
    assert_eq!(
        block_on(generic_unique(&mut &[1, 2, 3][..], &Tries::new())).unwrap(),
        6
    );
    let mut number = 0;
    assert_eq!(
        block_on(pinned(Pin::new(&mut number), &Tries::new())),
        Ok(3)
    );
    assert_eq!(number, 6);
    assert_eq!(
        block_on(pinned_unchanged(Pin::new(&mut number), &Tries::new())),
        Ok(3)
    );
    assert_eq!(number, 9);
}

#[retry(wait = none())]
async fn slices(tries: &Tries, from: &[u8], to: &mut [u8]) -> Result<usize, Refused> {
    to[..from.len()].copy_from_slice(from);
    to[0] += tries.third_later().await? as u8;
    Ok(to.len())
}

#[retry(wait = none())]
async fn tuple((tries, n): (&Tries, u32), [a, b]: [u32; 2]) -> Result<u32, Refused> {
    tries.third_later().await.map(|three| three + n + a + b)
}

struct Point {
    x: u32,
    y: u32,
}

#[retry(wait = none(), stop = after_attempt(x + up))]
async fn fields(tries: &Tries, Point { x, y: up }: Point) -> Result<u32, Refused> {
    tries.next();
    Err(Refused(x + up))
}

#[retry(wait = none())]
async fn unique_in_patterns((out, _): (&mut Vec<u8>, u32), tries: &Tries) -> std::io::Result<u32> {
    consume(out).await?;
    Ok(tries.third_later().await?)
}

#[retry(wait = none())]
async fn ignored(tries: &Tries, _: u32, _unused: &str, _written: &mut u32) -> Result<u32, Refused> {
    tries.third_later().await
}

#[retry(wait = none())]
async fn shadowed(tries: &Tries, n: u32) -> Result<u32, Refused> {
    let n = n + tries.third_later().await?;
    let tries = n + 1;
    Ok(tries)
}

#[retry(wait = none(), clone(bytes, text))]
async fn cloned(
    tries: &Tries,
    mut bytes: Vec<u8>,
    text: String,
) -> Result<(Vec<u8>, String), Refused> {
    bytes.push(1);
    let outcome = tries.third_later().await;
    let both = async move { (bytes, text) }.await;
    outcome.map(|_| both)
}

#[test]
fn patterns() {
    let mut to = [0; 3];
    assert_eq!(block_on(slices(&Tries::new(), &[1, 2], &mut to)), Ok(3));
    assert_eq!(to, [4, 2, 0]);
    assert_eq!(block_on(tuple((&Tries::new(), 1), [1, 1])), Ok(6));
    let tries = Tries::new();
    assert_eq!(
        block_on(fields(&tries, Point { x: 2, y: 2 })),
        Err(Refused(4))
    );
    assert_eq!(tries.made(), 4);
    let mut out = Vec::new();
    assert_eq!(
        block_on(unique_in_patterns((&mut out, 1), &Tries::new())).unwrap(),
        3
    );
    assert_eq!(out, *b"xxx");
    assert_eq!(block_on(ignored(&Tries::new(), 1, "", &mut 1)), Ok(3));
    assert_eq!(block_on(shadowed(&Tries::new(), 1)), Ok(5));
    let outcome = block_on(cloned(&Tries::new(), vec![0], "x".to_owned()));
    assert_eq!(outcome, Ok((vec![0, 1], "x".to_owned())));
}
