//! A ledger of what really happened, in a file that outlives workers.

use std::path::Path;

use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode};

/// The attempts, and the mail that was sent: once, however often it is.
#[derive(Clone, Debug)]
pub struct Ledger(SqlitePool);

impl Ledger {
    pub async fn open(path: &Path) -> Self {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            .create_if_missing(true);
        let ledger = Ledger(SqlitePool::connect_lazy_with(options));
        ledger
            .run("CREATE TABLE IF NOT EXISTS attempts (mail INTEGER NOT NULL, hangs INTEGER NOT NULL DEFAULT 0)")
            .await;
        ledger
            .run("CREATE TABLE IF NOT EXISTS sent (mail INTEGER PRIMARY KEY)")
            .await;
        ledger
    }

    /// Writes down an attempt, and says the how many-th of the mail it is.
    pub async fn attempt(&self, mail: u32) -> u32 {
        self.write("INSERT INTO attempts (mail) VALUES (?)", mail)
            .await;
        self.attempts(mail).await
    }

    pub async fn attempts(&self, mail: u32) -> u32 {
        let attempts = sqlx::query_scalar("SELECT count(*) FROM attempts WHERE mail = ?");
        let attempts = attempts.bind(mail).fetch_one(&self.0).await;
        attempts.expect("the ledger is read")
    }

    pub async fn hangs(&self, mail: u32) {
        self.write("UPDATE attempts SET hangs = 1 WHERE mail = ?", mail)
            .await;
    }

    /// The number of mails with an attempt that hangs, or hung as its worker was killed.
    pub async fn hanging(&self) -> u32 {
        self.count("SELECT count(DISTINCT mail) FROM attempts WHERE hangs = 1")
            .await
    }

    pub async fn send(&self, mail: u32) {
        self.write("INSERT OR IGNORE INTO sent (mail) VALUES (?)", mail)
            .await;
    }

    pub async fn sent(&self) -> u32 {
        self.count("SELECT count(*) FROM sent").await
    }

    async fn count(&self, query: &'static str) -> u32 {
        let count = sqlx::query_scalar(query).fetch_one(&self.0).await;
        count.expect("the ledger is read")
    }

    async fn write(&self, query: &'static str, mail: u32) {
        let written = sqlx::query(query).bind(mail).execute(&self.0).await;
        written.expect("the ledger is written");
    }

    async fn run(&self, query: &'static str) {
        let run = sqlx::query(query).execute(&self.0).await;
        run.expect("the ledger is made");
    }
}
