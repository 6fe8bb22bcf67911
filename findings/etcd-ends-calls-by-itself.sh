#!/usr/bin/env bash
# etcd without a quorum ends calls that have no deadline by a time of its own: 5 s, and two times the longest election. A call
# that waits as the leader is lost is told `UNAVAILABLE`, which clients retry; one that comes seconds later "context deadline
# exceeded", by `UNKNOWN` in 3.4 and by `DEADLINE_EXCEEDED` from 3.5 on, as if it were the caller's time. Nobody retries that,
# though the quorum may be back.
set -euo pipefail
command -v etcd >/dev/null || { echo "skipped: needs etcd"; exit 0; }
command -v python3 >/dev/null || { echo "skipped: needs python3"; exit 0; }
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder"
python3 -m venv . >/dev/null && bin/pip --quiet install grpcio==1.85.3
cat >finding.py <<'PYTHON'
import socket
import subprocess
import threading
import time

import grpc


def port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


clients, peers = [port(), port()], [port(), port()]
url = "http://127.0.0.1:{}".format
cluster = ",".join(f"m{at}={url(peer)}" for at, peer in enumerate(peers))


def member(at):
    own, peer = url(clients[at]), url(peers[at])
    return subprocess.Popen(
        ["etcd", "--name", f"m{at}", "--data-dir", f"m{at}", "--initial-cluster", cluster]
        + ["--listen-client-urls", own, "--advertise-client-urls", own]
        + ["--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer]
        + ["--heartbeat-interval", "10", "--election-timeout", "100"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


# PutRequest { key: "a", value: "b" }
put = grpc.insecure_channel(f"127.0.0.1:{clients[0]}").unary_unary("/etcdserverpb.KV/Put")
members = [member(0), member(1)]


def call(seen):
    try:
        put(b"\n\x01a\x12\x01b")
    except grpc.RpcError as error:
        code = error.code().name
        seen.append("late" if code in ("UNKNOWN", "DEADLINE_EXCEEDED") else code)
        seen.append(error.details())


try:
    # It listens once it has a leader.
    put(b"\n\x01a\x12\x01b", wait_for_ready=True, timeout=60)
    members[1].kill()
    members[1].wait()
    calls = []
    for _ in range(2):
        seen = []
        thread = threading.Thread(target=call, args=(seen,))
        thread.start()
        calls.append((thread, seen))
        time.sleep(2)
    for (thread, seen), when in zip(calls, ["as the quorum is lost", "two seconds later"]):
        thread.join()
        print(f"{when}, no deadline: {', '.join(seen)}")
finally:
    for one in members:
        one.kill()
        one.wait()
PYTHON
timeout 120 bin/python finding.py | tee seen
diff seen - <<'EXPECTED'
as the quorum is lost, no deadline: UNAVAILABLE, etcdserver: request timed out
two seconds later, no deadline: late, context deadline exceeded
EXPECTED
