#!/usr/bin/env bash
# Redis 7.0.15: a script writes one whole number in three ways. As an argument of a command it has 17 digits, concatenated with
# a text it has 14 and then an exponent, and returned it is whole. So `tonumber` of a record such as `count:time` gives another
# number from 10^14 on, as microseconds since 1970 are, and a pattern of digits matches no such record.
set -euo pipefail
command -v redis-server >/dev/null || { echo "skipped: needs redis-server"; exit 0; }
command -v redis-cli >/dev/null || { echo "skipped: needs redis-cli"; exit 0; }
folder=$(mktemp -d)
trap 'kill "${server:-}" 2>/dev/null || true; rm -rf "$folder"' EXIT
port=$((20000 + RANDOM % 20000))
redis-server --port "$port" --bind 127.0.0.1 --save '' --dir "$folder" >/dev/null & server=$!
until redis-cli -p "$port" ping >/dev/null 2>&1; do sleep 0.1; done
redis-server --version | grep -o 'v=[0-9.]*'
script() {
    redis-cli -p "$port" --raw EVAL "$@"
}
for number in 99999999999999 1796000000000123 1796000000000123456; do
    echo "$number"
    echo "  kept by SET:         $(script "redis.call('SET', KEYS[1], tonumber(ARGV[1])) return redis.call('GET', KEYS[1])" 1 key "$number")"
    echo "  concatenated:        $(script "return 'n:' .. tonumber(ARGV[1])" 0 "$number")"
    echo "  concatenated, read:  $(script "return tonumber((string.gsub('n:' .. tonumber(ARGV[1]), 'n:', '')))" 0 "$number")"
    echo "  returned:            $(script "return tonumber(ARGV[1])" 0 "$number")"
done | tee "$folder/seen"
diff "$folder/seen" - <<'EXPECTED'
99999999999999
  kept by SET:         99999999999999
  concatenated:        n:99999999999999
  concatenated, read:  99999999999999
  returned:            99999999999999
1796000000000123
  kept by SET:         1796000000000123
  concatenated:        n:1.7960000000001e+15
  concatenated, read:  1796000000000100
  returned:            1796000000000123
1796000000000123456
  kept by SET:         1.7960000000001234e+18
  concatenated:        n:1.7960000000001e+18
  concatenated, read:  1796000000000100096
  returned:            1796000000000123392
EXPECTED
