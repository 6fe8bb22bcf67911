#!/usr/bin/env bash
# HAProxy with `retry-on all-retryable-errors`, which stands in many guides, sends a POST again that its server has read and
# not answered: with `retries 2` three times, and its client sees one 502. By default it sends it once. Three attempts of the
# client are nine requests then.
set -euo pipefail
command -v haproxy >/dev/null || { echo "skipped: needs haproxy"; exit 0; }
command -v python3 >/dev/null || { echo "skipped: needs python3"; exit 0; }
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder"
cat >finding.py <<'PYTHON'
import http.client
import socket
import subprocess
import threading
import time


def port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def serve(listener, seen):
    while True:
        connection, _ = listener.accept()
        text = b""
        while b"\r\n\r\n1" not in text:
            text += connection.recv(4096)
        seen.append(text.split()[0])
        connection.close()


def posts(settings):
    """The status of one POST, and how often the server has read it."""
    listener, front, seen = socket.create_server(("127.0.0.1", 0)), port(), []
    threading.Thread(target=serve, args=(listener, seen), daemon=True).start()
    back = listener.getsockname()[1]
    with open("haproxy.cfg", "w") as file:
        file.write(
            "defaults\n mode http\n timeout connect 1s\n timeout client 10s\n timeout server 10s\n"
            f"frontend all\n bind 127.0.0.1:{front}\n default_backend servers\n"
            f"backend servers\n {settings}\n server one 127.0.0.1:{back}\n"
        )
    with subprocess.Popen(["haproxy", "-db", "-f", "haproxy.cfg"], stderr=subprocess.DEVNULL) as proxy:
        while True:
            try:
                socket.create_connection(("127.0.0.1", front)).close()
                break
            except ConnectionRefusedError:
                time.sleep(0.05)
        client = http.client.HTTPConnection("127.0.0.1", front)
        client.request("POST", "/", body=b"1")
        status = client.getresponse().status
        proxy.kill()
    return status, len(seen)


default = posts("retries 2")
eager = posts("retry-on all-retryable-errors\n retries 2")
print("by default: status {}, read by the server {} time".format(*default))
print("retry-on all-retryable-errors: status {}, read by the server {} times".format(*eager))
assert default == (502, 1), default
assert eager == (502, 3), eager
PYTHON
haproxy -v | head -1
python3 finding.py
