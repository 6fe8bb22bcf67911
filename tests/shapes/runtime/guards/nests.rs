//! Retried calls inside retried calls.

use super::*;

#[retry(wait = none(), nested = single())]
fn inner_single(tries: &Tries) -> Result<u32, Refused> {
    Err(Refused(tries.next()))
}

#[retry(wait = none(), nested = independent())]
fn outer_single(tries: &Tries) -> Result<u32, Refused> {
    inner_single(tries)
}

#[test]
fn three_by_three_attempts_become_three() {
    let tries = Tries::new();
    assert!(outer_single(&tries).is_err());
    assert_eq!(tries.made(), 3);
    let tries = Tries::new();
    assert!(inner_single(&tries).is_err());
    assert_eq!(tries.made(), 3);
}

#[retry(stop = never(), wait = 1s, nested = share())]
async fn inner_share(tries: &Tries) -> io::Result<u32> {
    tries.next();
    Err(refused())
}

#[retry(deadline = 3500ms, wait = 100ms)]
async fn outer_deadline(tries: &Tries) -> io::Result<u32> {
    inner_share(tries).await
}

#[retry(budget = budget, wait = none(), stop = after_attempt(2))]
async fn outer_budget(budget: &RetryBudget, tries: &Tries) -> io::Result<u32> {
    inner_share(tries).await
}

#[tokio::test(start_paused = true)]
async fn an_inner_call_shares_deadline_and_budget() {
    let (paused, tries) = (tokio::time::Instant::now(), Tries::new());
    assert!(outer_deadline(&tries).await.is_err());
    assert!(paused.elapsed() <= Duration::from_millis(3500));
    assert_eq!(tries.made(), 4 + 1 + 1);
    let (budget, tries) = (RetryBudget::total(4), Tries::new());
    assert!(outer_budget(&budget, &tries).await.is_err());
    // Four retries of the inner call, then none for the outer one.
    assert_eq!(tries.made(), 5);
}

#[test]
fn the_words_are_values_too() {
    #[retry(nested = if quiet { persevere::nested::Nested::Single } else { persevere::nested::Nested::Independent })]
    fn chosen(quiet: bool) -> Option<u8> {
        Some(u8::from(quiet))
    }
    assert_eq!(chosen(true), Some(1));
    let _ = nested::single();
}

static ONCE: RetryBudget = RetryBudget::total(100);

#[retry(wait = none(), budget = &ONCE, nested = share())]
async fn paying(tries: &Tries) -> io::Result<u32> {
    tries.next();
    Err(refused())
}

#[retry(stop = after_attempt(1), nested = single())]
async fn between(tries: &Tries) -> io::Result<u32> {
    paying(tries).await
}

#[retry(stop = after_attempt(1), budget = &ONCE, deadline = 1h)]
async fn around(tries: &Tries) -> io::Result<u32> {
    between(tries).await
}

#[tokio::test(start_paused = true)]
async fn a_budget_that_a_chain_names_twice_pays_once() {
    let tries = Tries::new();
    assert!(around(&tries).await.is_err());
    assert_eq!((tries.made(), ONCE.granted(), ONCE.available()), (3, 2, 98));
}

#[retry(wait = none(), nested = single())]
async fn unrelated(tries: &Tries) -> Result<u32, Refused> {
    Err(Refused(tries.next()))
}

#[retry(deadline = 1h)]
fn blocking(runtime: &tokio::runtime::Runtime, own: &Tries) -> io::Result<()> {
    runtime.block_on(async {
        for _ in 0..9 {
            tokio::task::yield_now().await;
        }
        let _ = unrelated(own).await;
    });
    Ok(())
}

#[test]
fn tasks_that_a_body_drives_are_not_inside_it() {
    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }.enable_time().build().unwrap();
    let task = runtime.spawn(async {
        let tries = Tries::new();
        let _ = unrelated(&tries).await;
        tries.made()
    });
    let own = Tries::new();
    blocking(&runtime, &own).unwrap();
    assert_eq!((own.made(), runtime.block_on(task).unwrap()), (1, 3));
}
