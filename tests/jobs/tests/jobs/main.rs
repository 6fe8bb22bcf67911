//! Jobs of apalis under a policy, done by workers in processes of their own.

mod killed;
mod last_word;
mod storage;
mod worker;
