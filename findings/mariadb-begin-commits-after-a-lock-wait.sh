#!/usr/bin/env bash
# MariaDB 10.11.19 and 11.8.9 (MySQL's manual says the same): a lock wait timeout (1205) rolls back its statement alone. The
# transaction stays open, and a `BEGIN` that starts it again on the same connection commits what it had written before: after three
# tries and a `ROLLBACK` two inserts are left, without any `COMMIT`. A deadlock (1213) and a row that was changed since it was read
# (1020) roll back the whole transaction instead, so that the statement, repeated, commits by itself.
set -euo pipefail
for program in mariadbd mariadb-install-db mariadb; do
    PATH=$PATH:/usr/sbin command -v "$program" >/dev/null || { echo "skipped: needs mariadb-server"; exit 0; }
done
PATH=$PATH:/usr/sbin
folder=$(mktemp -d)
trap 'kill "${holder:-}" "${server:-}" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$folder"' EXIT
places=(--datadir="$folder/data" --tmpdir="$folder" --user="$(id -un)")
mariadb-install-db --no-defaults "${places[@]}" --skip-test-db --auth-root-authentication-method=normal >/dev/null 2>&1
mariadbd --no-defaults "${places[@]}" --skip-networking --socket="$folder/socket" --innodb-snapshot-isolation=ON \
    >"$folder/log" 2>&1 &
server=$!
sql() { mariadb --no-defaults --user=root --socket="$folder/socket" --skip-column-names --force mysql "$@"; }
until sql -e 'do 1' 2>/dev/null; do sleep 0.1; done
sql -e 'create table locked (value int); insert into locked values (0); create table log (value int)'

# Another transaction holds the row.
mkfifo "$folder/fifo"
sql <"$folder/fifo" &
holder=$!
exec 3>"$folder/fifo"
echo 'begin; update locked set value = 1; insert into log values (-1);' >&3
until [ "$(sql -e "select count(*) from information_schema.innodb_trx where trx_rows_modified = 2")" = 1 ]; do sleep 0.1; done

try='begin; insert into log values (1); update locked set value = 2;'
printf 'set innodb_lock_wait_timeout = 0; %s %s %s rollback' "$try" "$try" "$try" >"$folder/tries"
answers=$(sql --verbose <"$folder/tries" 2>&1 | grep -c 'ERROR 1205' || true)
rows=$(sql -e 'select count(*) from log')
echo "1205: $answers tries failed, the last one was rolled back, and $rows inserts are left"

echo 'rollback;' >&3
exec 3>&-
wait "$holder"
cat >"$folder/changed" <<SQL
truncate log;
begin;
select * from locked into @seen;
insert into log values (1);
\! mariadb --no-defaults --user=root --socket="$folder/socket" mysql -e 'update locked set value = value + 1'
update locked set value = value + 10;
update locked set value = value + 10;
rollback;
SQL
changed=$(sql <"$folder/changed" 2>&1 | grep -c 'ERROR 1020' || true)
left=$(sql -e 'select (select count(*) from log), value from locked' | tr '\t' ' ')
echo "1020: $changed try failed, the same statement then passed and was not rolled back: inserts and value are $left"
[ "$answers $rows $changed $left" = "3 2 1 0 11" ] || { echo "this has changed"; exit 1; }
