//! A worker in a process of its own.

use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

pub struct Worker(Child);

impl Worker {
    pub fn start(form: &str, queue: &str, ledger: &Path, closes_after: u32) -> Self {
        let mut worker = Command::new(env!("CARGO_BIN_EXE_worker"));
        worker.args([form, queue]).arg(ledger);
        let worker = worker.arg(closes_after.to_string());
        Worker(worker.spawn().expect("a worker"))
    }

    /// With SIGKILL.
    pub fn kill(mut self) {
        self.0.kill().expect("it is alive until now");
        self.0.wait().expect("its end");
    }

    /// Waits for something that the worker brings about.
    pub async fn until(&mut self, what: &str, mut there: impl AsyncFnMut() -> bool) {
        // What never comes is a failure, and not a test that hangs.
        let patience = Instant::now() + Duration::from_secs(60);
        while !there().await {
            assert_eq!(self.0.try_wait().unwrap(), None, "the worker ended: {what}");
            assert!(Instant::now() < patience, "it never came: {what}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
