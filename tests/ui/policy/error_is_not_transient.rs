use persevere::{RetryPolicy, when};

struct Refused;

fn main() {
    let policy = RetryPolicy::new().when(when::transient());
    let _ = policy.run(|| Err::<u8, _>(Refused));
}
