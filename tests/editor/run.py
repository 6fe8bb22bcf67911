"""Asserts what rust-analyzer shows of the attribute: its documentation, keys and words to complete, and one place to go to.

    .ci/debian-rust-analyzer target/rust-analyzer      # Debian 13's; or: rustup component add rust-analyzer rust-src
    python3 tests/editor/run.py [PATH_OF_RUST_ANALYZER]

The server reads the sources of the standard library, without which `include_str!` has no meaning to it. Where the toolchain lacks
them, they stand in `library` beside the server: as a component of the toolchain, which the server would add by itself, they would
change the messages of `tests/ui`.
"""

import json
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
SOURCE = """use persevere::{CircuitBreaker, guard, retry};

static BREAKER: CircuitBreaker = CircuitBreaker::consecutive(5);
#[derive(Debug)]
pub enum Error { Timeout, Open }
impl From<persevere::Interrupt> for Error {
    fn from(_: persevere::Interrupt) -> Self { Error::Open }
}
impl persevere::Transient for Error {
    fn verdict(&self) -> persevere::Verdict { persevere::Verdict::Retry }
}
fn is_busy(error: &Error) -> bool { matches!(error, Error::Timeout) }

#[retry(stop = after_attempt(3), wait = exponential(100ms).max(2s), when = transient())]
pub fn whole(path: &str) -> std::io::Result<String> { std::fs::read_to_string(path) }

#[retry(breaker = &BREAKER, when = err(is_busy), on = Err(Error::Timeout))]
pub async fn guarded(path: &str) -> Result<usize, Error> { Ok(path.len()) }

#[retry(when = any_failure() & !unsent(), wait = fixed(1s))]
pub fn combined() -> Result<usize, Error> { guarded_once("x") }
fn guarded_once(_: &str) -> Result<usize, Error> { Err(Error::Timeout) }

#[retry(st)]
pub fn key(path: &str) -> std::io::Result<String> { std::fs::read_to_string(path) }

#[retry(stop = af)]
pub fn word(path: &str) -> std::io::Result<String> { std::fs::read_to_string(path) }

#[guard(deadline = 1s, when = err(is_late), fallback = [cached])]
pub async fn once(path: &str) -> Result<usize, Error> { Ok(path.len()) }
fn is_late(error: &Error) -> bool { matches!(error, Error::Timeout) }
fn cached(_: persevere::GiveUp<Result<usize, Error>>) -> Result<usize, Error> { Ok(0) }

#[guard(fa)]
pub fn key_of_a_guard(path: &str) -> std::io::Result<String> { std::fs::read_to_string(path) }
"""
# A place, and the one definition that it leads to.
DEFINITIONS = {
    "after_|attempt(3)": "stop/mod.rs: pub const fn after_attempt(",
    "expo|nential(": "wait/mod.rs: pub const fn exponential(",
    "fix|ed(1s)": "wait/mod.rs: pub const fn fixed(",
    # Words that ask the outcome lead to their doors in the expansion, which take the outcome's type as well.
    "trans|ient())]": "expect/predicates.rs: [R] transient(",
    "any_fail|ure()": "expect/predicates.rs: [R] any_failure(",
    "uns|ent()": "expect/predicates.rs: [R] unsent(",
    "e|rr(is_busy)": "expect/predicates.rs: [R] err<",
    "err(is_|busy)": "src/lib.rs: fn is_busy",
    "Err(Error::Time|out))]": "src/lib.rs: pub enum Error { Timeout",
    "read_to_string(pa|th) }\n\n#[retry(breaker": "src/lib.rs: pub fn whole(path",
    "guarded_|once(\"x\")": "src/lib.rs: fn guarded_once",
    "err(is_|late)": "src/lib.rs: fn is_late",
    "[cach|ed]": "src/lib.rs: fn cached",
}
MANIFEST = f"""[package]
name = "editor"
version = "0.0.0"
edition = "2024"
[dependencies]
persevere = {{ path = {json.dumps(HERE)} }}
[workspace]
"""


class Editor:
    """A client of the server, with one file open."""

    def __init__(self, server, sources, root):
        env = dict(os.environ)
        env.setdefault("CARGO_TARGET_DIR", os.path.join(HERE, "target", "editor"))
        self.process = subprocess.Popen(
            [server], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env, cwd=root)
        self.inbox, self.quiet, self.ids = queue.Queue(), False, iter(range(1, 10**6))
        threading.Thread(target=self.read, daemon=True).start()
        self.uri = "file://" + os.path.join(root, "src", "lib.rs")
        self.ask("initialize", {
            "processId": os.getpid(),
            "rootUri": "file://" + root,
            "capabilities": {
                "experimental": {"serverStatusNotification": True},
                "textDocument": {"hover": {"contentFormat": ["markdown"]}},
            },
            "initializationOptions": {
                "checkOnSave": False,
                "procMacro": {"enable": True},
                "cargo": {"sysrootSrc": sources},
            },
        })
        self.send({"method": "initialized", "params": {}})
        document = {"uri": self.uri, "languageId": "rust", "version": 1, "text": SOURCE}
        self.send({"method": "textDocument/didOpen", "params": {"textDocument": document}})
        end = time.time() + 600
        while not self.quiet and time.time() < end:
            self.handle(self.inbox.get(timeout=600))
        time.sleep(2)

    def read(self):
        out = self.process.stdout
        while True:
            length = 0
            while line := out.readline().strip():
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            if not length:
                return
            self.inbox.put(json.loads(out.read(length)))

    def send(self, message):
        data = json.dumps(dict(message, jsonrpc="2.0")).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(data) + data)
        self.process.stdin.flush()

    def handle(self, message):
        if "method" in message and "id" in message:
            self.send({"id": message["id"], "result": None})
        if message.get("method") == "experimental/serverStatus":
            self.quiet = message["params"].get("quiescent", False)

    def ask(self, method, params):
        number = next(self.ids)
        self.send({"id": number, "method": method, "params": params})
        while True:
            message = self.inbox.get(timeout=300)
            if message.get("id") == number and "method" not in message:
                return message.get("result")
            self.handle(message)

    def at(self, mark):
        """Returns a place: the bar in a part of the file."""
        offset = SOURCE.index(mark.replace("|", "")) + mark.index("|")
        line, start = SOURCE.count("\n", 0, offset), SOURCE.rfind("\n", 0, offset) + 1
        return {"textDocument": {"uri": self.uri}, "position": {"line": line, "character": offset - start}}

    def hover(self, mark):
        return (self.ask("textDocument/hover", self.at(mark)) or {"contents": {"value": ""}})["contents"]["value"]

    def complete(self, mark):
        answer = self.ask("textDocument/completion", self.at(mark)) or {"items": []}
        return [item["label"] for item in (answer["items"] if isinstance(answer, dict) else answer)]

    def define(self, mark):
        """Returns the lines that a place leads to."""
        targets = self.ask("textDocument/definition", self.at(mark)) or []
        lines = []
        for target in targets:
            path = target.get("targetUri", target.get("uri")).removeprefix("file://")
            place = target.get("targetSelectionRange", target.get("range"))
            with open(path) as file:
                lines.append(f"{path}: {file.read().splitlines()[place['start']['line']].strip()}")
        return lines


def answer(*command):
    """Returns what a command prints, or `None` where there is no such command or it fails."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def sources_of_std(server):
    """Returns the directory of the standard library's sources, beside the server or in the toolchain."""
    beside = os.path.join(os.path.dirname(server), "library")
    toolchain = os.path.join(answer("rustc", "--print", "sysroot") or "", "lib/rustlib/src/rust/library")
    return next((sources for sources in (beside, toolchain) if os.path.isdir(sources)), None)


def check(editor):
    """Returns the number of questions, each answered as it should be."""
    hover = editor.hover("#[re|try(stop = after")
    assert "Retries a function" in hover and "`stop = after_attempt(3)`" in hover, hover
    hover = editor.hover("after_|attempt(3)")
    assert "pub const fn after_attempt" in hover, hover

    keys = editor.complete("#[retry(st|)]")
    assert {"stop", "deadline", "wrap_err"} <= set(keys) and "after_attempt" not in keys, keys
    hover = editor.hover("#[gua|rd(deadline")
    assert "one attempt" in hover and "`fallback = " in hover, hover
    keys = editor.complete("#[guard(fa|)]")
    assert {"fallback", "deadline", "breaker"} <= set(keys) and not {"stop", "wait", "wrap_err"} & set(keys), keys
    words = editor.complete("#[retry(stop = af|)]")
    assert {"after_attempt", "after_delay", "never"} <= set(words) and "exponential" not in words, words

    found = {place: editor.define(place) for place in DEFINITIONS}
    wrong = {place: lines for place, lines in found.items() if len(lines) != 1 or DEFINITIONS[place] not in lines[0]}
    assert not wrong, wrong
    return 6 + len(DEFINITIONS)


def main():
    server = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else shutil.which("rust-analyzer")
    # `rustup` has a program of this name also where the toolchain lacks the component.
    version = server and answer(server, "--version")
    if not version:
        print("skipped: needs rust-analyzer")
        return
    sources = sources_of_std(server)
    if not sources:
        print("skipped: needs rust-src")
        return
    with tempfile.TemporaryDirectory() as root:
        os.mkdir(os.path.join(root, "src"))
        for name, text in [("Cargo.toml", MANIFEST), ("src/lib.rs", SOURCE)]:
            with open(os.path.join(root, name), "w") as file:
                file.write(text)
        editor = Editor(server, sources, root)
        try:
            print(f"{version}: {check(editor)} answers")
        finally:
            editor.process.kill()
            editor.process.wait()


main()
