#!/usr/bin/env bash
# HAProxy 2.6.12 with its defaults, HTTP/2 before a server of HTTP/1: where the connection to the server ends without an answer,
# the client gets RST_STREAM with REFUSED_STREAM, though the server has read and processed the request. RFC 9113, 8.7, says of that
# code that nothing was processed, and clients repeat it whatever the method is: one POST by curl 7.88.1 is processed six times.
set -euo pipefail
for program in haproxy python3 curl; do
    command -v "$program" >/dev/null || { echo "skipped: needs $program"; exit 0; }
done
[[ $(curl --version) == *HTTP2* ]] || { echo "skipped: needs curl with HTTP/2"; exit 0; }
folder=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null; rm -rf "$folder"' EXIT
cd "$folder"
cat >server.py <<'PYTHON'
"""Counts each request, and answers those that are not to be broken."""
import http.server


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        print(body, flush=True)
        if body == "charge":
            self.close_connection = True
            return
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
PYTHON
python3 server.py >processed &
until [ -s processed ]; do sleep 0.1; done
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cat >haproxy.cfg <<HAPROXY
defaults
    mode http
    timeout connect 5s
    timeout client 5s
    timeout server 5s
listen proxy
    bind 127.0.0.1:$port proto h2
    server one 127.0.0.1:$(head -n 1 processed)
HAPROXY
haproxy -f haproxy.cfg 2>/dev/null &
url=http://127.0.0.1:$port/
until curl --silent --fail --http2-prior-knowledge --data open "$url"; do sleep 0.1; done
timeout 30 curl --silent --verbose --http2-prior-knowledge --data charge "$url" 2>log || true
{
    grep --only-matching 'REFUSED_STREAM' log | sort -u
    echo "one POST, processed $(grep -c '^charge$' processed) times"
} | tee seen
diff seen - <<'EXPECTED'
REFUSED_STREAM
one POST, processed 6 times
EXPECTED
