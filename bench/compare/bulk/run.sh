#!/bin/bash
# run.sh PROGRAM CLAIMS.jsonl ONTOLOGY DIR
# Loads one file of JSON lines with 'caspian import' into an empty store and into the filled one
# (the same claims with another locator), with PostgreSQL's COPY, and with Cayley's own loader, one
# after the other, each durable at its end. Prints seconds, processor seconds, peak memory and size on disk.
# PostgreSQL needs initdb and pg_ctl on the PATH (as the user postgres where this runs as root); Cayley is
# the program in the variable CAYLEY (go build github.com/cayleygraph/cayley/cmd/cayley, v0.7.7).
set -euo pipefail
program=$(realpath "$1") lines=$(realpath "$2") ontology=$(realpath "$3") dir=$4
mkdir -p "$dir"; dir=$(realpath "$dir"); cd "$dir"
claims=$(grep -c '"subject"' "$lines")
echo "$claims claims"
printf '%-34s %9s %9s %9s %9s %9s\n' load seconds claims/s cpu_s peak_MB disk_MB

row() { # NAME DISK: what the file time says, with the seconds and kB of one command
  read -r real user sys kb < time
  awk -v n="$1" -v r="$real" -v u="$user" -v s="$sys" -v kb="$kb" -v c="$claims" -v d="$2" \
    'BEGIN { printf "%-34s %9.1f %9d %9.1f %9d %9d\n", n, r, c / r, u + s, kb / 1024, d }'
}
timed() { /usr/bin/time -o time -f '%e %U %S %M' "$@" > out 2>&1 || { cat out; exit 1; }; }
mb() { du -sm "$1" | cut -f1; }

rm -rf store; sync
timed "$program" import --ontology "$ontology" --store store "$lines"
row 'caspian, empty store' "$(mb store)"
sed 's/"source":/"locator":"again","source":/' "$lines" > again.jsonl
timed "$program" import --ontology "$ontology" --store store again.jsonl
row 'caspian, the filled store' "$(mb store)"
rm again.jsonl

if command -v initdb > /dev/null; then
  as=(); [ "$(id -u)" = 0 ] && as=(runuser -u postgres --)
  rm -rf pg; mkdir pg socket 2> /dev/null || true
  [ "$(id -u)" = 0 ] && chown postgres pg socket
  sync
  "${as[@]}" initdb -D "$dir/pg" -E UTF8 --locale=C -A trust > out 2>&1
  "${as[@]}" pg_ctl -D "$dir/pg" -w -l "$dir/pg/log" -o "-k $dir/socket -c listen_addresses= -c shared_buffers=1GB -c maintenance_work_mem=256MB -c max_wal_size=4GB" start > out 2>&1
  trap '"${as[@]}" pg_ctl -D "$dir/pg" -m fast stop > /dev/null 2>&1 || true' EXIT
  sql=(psql -h "$dir/socket" -U postgres -q -v ON_ERROR_STOP=1)
  head=$(head -1 "$dir/pg/postmaster.pid")
  cpu() { # seconds of the processor that the server and its children took
    awk -v hz="$(getconf CLK_TCK)" '{ n = $14 + $15 + $16 + $17 } END { print n / hz }' "/proc/$head/stat"
  }
  load() { # NAME SQL
    local before after; before=$(cpu)
    timed "${sql[@]}" -c "$2" -c checkpoint
    sleep 0.5 # the server counts a session's time once it has seen it end
    after=$(cpu)
    read -r real _ _ _ < time
    echo "$real $(awk -v a="$after" -v b="$before" 'BEGIN { print a - b }') 0 $(awk '/VmHWM/ { print $2 }' "/proc/$head/status")" > time
    row "$1" "$("${sql[@]}" -Atc 'select pg_database_size(current_database()) / 1048576')"
  }
  load "PostgreSQL, COPY of the lines" "create table line (j jsonb); copy line from program 'cat $lines' with (format csv, quote e'\\x01', delimiter e'\\x02')"
  load "PostgreSQL, table and indexes" "create table claim as select row_number() over () as id, j->>'subject' as subject, j->>'predicate' as predicate,
    coalesce(j->>'object', j->>'value') as value, j ? 'object' as relation, j->'qualifiers' as qualifiers, j->>'source' as source, (j->>'confidence')::float as confidence
    from line where j ? 'subject';
    alter table claim add primary key (id); create index on claim (subject, predicate); create index on claim (value, predicate) where relation; create index on claim (source)"
fi

if [ -n "${CAYLEY:-}" ]; then
  "$program" export --ontology "$ontology" --store store --format nquads > claims.nq 2> out || { cat out; exit 1; }
  claims=$(grep -c . claims.nq)
  echo "Cayley loads the $claims quads of the same graph (claims/s are quads/s):"
  rm -rf cayley; sync
  timed "$CAYLEY" load --init --db leveldb --dbpath cayley -i claims.nq
  row 'Cayley 0.7.7, leveldb' "$(mb cayley)"
fi
