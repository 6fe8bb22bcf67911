"""What rust-analyzer shows of the attribute: its documentation, its keys and words, and where a word leads.

    cargo install ra_ap_rust-analyzer --version 0.0.330 --locked    # one that the toolchain builds
    RUSTUP_HOME=COPY_OF_YOURS python3 tests/editor/run.py PATH_OF_RUST_ANALYZER

The server adds the component `rust-src` to the toolchain, which the compiler then quotes in the messages of `tests/ui`:
give it a toolchain of its own.
"""

import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time

SERVER = os.path.abspath(sys.argv[1])
HERE = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
SOURCE = """use persevere::retry;

#[retry(stop = after_attempt(3), wait = exponential(100ms).max(2s), when = transient())]
pub fn whole(path: &str) -> std::io::Result<String> { std::fs::read_to_string(path) }

#[retry(st)]
pub fn key(path: &str) -> std::io::Result<String> { std::fs::read_to_string(path) }

#[retry(stop = af)]
pub fn word(path: &str) -> std::io::Result<String> { std::fs::read_to_string(path) }
"""
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

    def __init__(self, root):
        env = dict(os.environ)
        env.setdefault("CARGO_TARGET_DIR", os.path.join(HERE, "target", "editor"))
        self.process = subprocess.Popen(
            [SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env, cwd=root)
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
        """A place: the bar in a part of the file."""
        offset = SOURCE.index(mark.replace("|", "")) + mark.index("|")
        line, start = SOURCE.count("\n", 0, offset), SOURCE.rfind("\n", 0, offset) + 1
        return {"textDocument": {"uri": self.uri}, "position": {"line": line, "character": offset - start}}

    def hover(self, mark):
        return (self.ask("textDocument/hover", self.at(mark)) or {"contents": {"value": ""}})["contents"]["value"]

    def complete(self, mark):
        answer = self.ask("textDocument/completion", self.at(mark)) or {"items": []}
        return [item["label"] for item in (answer["items"] if isinstance(answer, dict) else answer)]

    def define(self, mark):
        targets = self.ask("textDocument/definition", self.at(mark)) or []
        return [target.get("targetUri", target.get("uri")).removeprefix("file://" + HERE) for target in targets]


with tempfile.TemporaryDirectory() as root:
    os.mkdir(os.path.join(root, "src"))
    with open(os.path.join(root, "Cargo.toml"), "w") as file:
        file.write(MANIFEST)
    with open(os.path.join(root, "src", "lib.rs"), "w") as file:
        file.write(SOURCE)
    editor = Editor(root)
    hover = editor.hover("#[re|try(stop = after")
    print(hover, end="\n\n")
    assert "Retries a function" in hover and "`stop = after_attempt(3)`" in hover
    keys = editor.complete("#[retry(st|)]")
    print("keys:", *keys)
    assert "stop" in keys and "deadline" in keys and "wrap_err" in keys
    words = editor.complete("#[retry(stop = af|)]")
    print("words:", *words)
    assert "after_attempt" in words and "exponential" not in words
    word = editor.hover("stop = after_|attempt(3)")
    assert "pub const fn after_attempt" in word
    for word, module in [("after_|attempt(3)", "stop"), ("expo|nential(", "wait")]:
        targets = editor.define(word)
        print("definition of", word.replace("|", ""), *targets)
        assert len(targets) == 1 and module in targets[0]
    # A word that asks the error is a door of the expansion, beside the witness of the outcome's type.
    print("definitions of transient()", *editor.define("trans|ient()"))
    editor.process.kill()
