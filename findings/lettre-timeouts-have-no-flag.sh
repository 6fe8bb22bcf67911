#!/usr/bin/env bash
# lettre 0.11.23, on Linux: where a mail server falls silent, the error is no time-out by `is_timeout()`, nor transient or permanent:
# the socket's time-out is `WouldBlock`, which has no flag. A connection that closes instead of the last answer is a "response error",
# as a malformed answer is. In both cases the server has taken the mail; and as a `Message` has no Message-ID unless `.message_id(..)`
# is called, no receiver can know that the next attempt brings the same one.
set -euo pipefail
command -v cargo >/dev/null || { echo "skipped: needs cargo"; exit 0; }
[ "$(uname)" = Linux ] || { echo "skipped: needs Linux"; exit 0; }
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder" && mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "finding"
version = "0.0.0"
edition = "2021"
[dependencies]
lettre = { version = "=0.11.23", default-features = false, features = ["builder", "smtp-transport"] }
TOML
cat >src/main.rs <<'RUST'
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use lettre::{Message, SmtpTransport, Transport};

static TAKEN: AtomicU32 = AtomicU32::new(0);

/// Takes a mail, and falls silent or closes the connection instead of saying so.
fn serve(socket: TcpStream, silent: bool) -> std::io::Result<()> {
    let mut reply = socket.try_clone()?;
    let mut say = |line: &str| reply.write_all(format!("{line}\r\n").as_bytes());
    say("220 ready")?;
    let mut body = false;
    for line in BufReader::new(socket).lines() {
        match line?.as_str() {
            "." if body => {
                TAKEN.fetch_add(1, Ordering::SeqCst);
                if silent {
                    thread::sleep(Duration::from_secs(60));
                }
                return Ok(());
            }
            _ if body => {}
            "DATA" => {
                body = true;
                say("354 go on")?;
            }
            _ => say("250 ok")?,
        }
    }
    Ok(())
}

fn main() {
    for (what, silent) in [("silent", true), ("closed", false)] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        thread::spawn(move || serve(listener.accept().unwrap().0, silent));
        let mailer = SmtpTransport::builder_dangerous("127.0.0.1").port(port).timeout(Some(Duration::from_millis(500))).build();
        let address = || "someone@example.com".parse().unwrap();
        let mail = Message::builder().from(address()).to(address()).body(String::from("hello")).unwrap();
        let error = mailer.send(&mail).unwrap_err();
        println!("{what} after the final dot: {error}");
        let flags = (error.is_timeout(), error.is_transient(), error.is_permanent(), error.is_response());
        println!("  (timeout, transient, permanent, response) = {flags:?}");
        println!("  taken: {}, a Message-ID: {}", TAKEN.swap(0, Ordering::SeqCst), String::from_utf8(mail.formatted()).unwrap().contains("Message-ID"));
    }
}
RUST
cargo build --quiet
timeout 60 target/debug/finding | tee seen
diff seen - <<'EXPECTED'
silent after the final dot: network error: Resource temporarily unavailable (os error 11)
  (timeout, transient, permanent, response) = (false, false, false, false)
  taken: 1, a Message-ID: false
closed after the final dot: response error: incomplete response
  (timeout, transient, permanent, response) = (false, false, false, true)
  taken: 1, a Message-ID: false
EXPECTED
