//! Each line marked `covered` must count by itself when coverage is measured: see `coverage.rs`.

use persevere::retry;
use std::pin::Pin;

#[retry]
fn blocking(n: u32) -> Result<u32, u32> {
    let m = n + 1; // covered
    if m > 3 {
        return Err(m); // covered
    }
    Ok(m) // covered
}

#[retry(on = Err(1..), before_sleep = |_| ())]
async fn later(n: &mut u32) -> Result<u32, u32> {
    *n += 1; // covered
    let m = blocking(*n); // covered
    std::future::ready(()).await; // covered
    match m {
        Ok(m) if m > 3 => Err(m), // covered
        Ok(m) => Ok(m),           // covered
        Err(m) => Err(m),         // covered
    }
}

#[retry]
fn boxed<'a>(n: &'a u32) -> Pin<Box<dyn Future<Output = Result<u32, u32>> + 'a>> {
    let m = *n; // covered
    Box::pin(async move {
        let m = blocking(m); // covered
        m.map(|m| m + 1) // covered
    })
}

struct Client;

#[async_trait::async_trait]
trait Fetch {
    async fn fetch(&self) -> Option<u32>;
}

#[async_trait::async_trait]
impl Fetch for Client {
    #[retry]
    async fn fetch(&self) -> Option<u32> {
        let n = blocking(1).ok()?; // covered
        Some(n) // covered
    }
}

#[test]
fn calls() {
    drop((later(&mut 1), boxed(&1), Client.fetch()));
}
