#!/bin/bash
# shared.sh PEERS SCRATCH CASPIAN [SIZES [WORKLOADS]]: the workloads of the folder PEERS, asked of its limit, of
# its gqlgen and of the program CASPIAN, in turns for each workload, the servers on one core and the client on the
# other. It makes in SCRATCH what is not there yet: programs, data, a store for each size. Results
# are added to SCRATCH/results.json. Writes go to a copy of the store.
set -e
peers=$(cd "$1" && pwd) scratch=$2 caspian=$(realpath "$3") sizes=${4:-10k 100k 1M} works=${5:-W1 W2 W3 W4 W5 W7 W8 W9}
rounds=${ROUNDS:-3} seconds=${SECONDS_EACH:-0.5}
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$scratch"; cd "$scratch"
rm -rf node; cp -r "$peers/node" node; cat "$here/adapters.mjs" >> node/adapters.mjs
for p in gen limit load; do [ -x $p ] || (cd "$peers" && go build -o "$scratch/$p" ./$p); done
[ -x gqlgen/server ] || sh "$peers/gqlgen/build.sh" "$scratch" || echo "gqlgen cannot be built: left out" >&2
ontology=$peers/caspian/geo.graphql
written=$(stat -c '%n %s %Y' "$caspian") # which program a store was last written by

# A store of another program may have older indexes, or a snapshot file that is not used: the first start would
# write them again, for longer than the measurement takes.
renew() {
  [ "$(cat s$1/renewed 2> /dev/null)" = "$written" ] && return
  "$caspian" serve --ontology "$ontology" --store s$1 --seeds none --listen 127.0.0.1:8190 > renew.log 2>&1 & local pid=$!
  until curl -fs http://127.0.0.1:8190/readyz >/dev/null; do kill -0 $pid || { cat renew.log >&2; exit 1; }; sleep 0.1; done
  kill $pid; wait $pid || true # it writes the snapshot file
  echo "$written" > s$1/renewed
}
edges() { echo "$1" | sed 's/k$/000/; s/M$/000000/'; }
prepare() { # SIZE: its data and its store
  [ -f data/$1/params.json ] || { ./gen -s $(edges $1) -o data/$1; rm -f data/$1/*.nq data/$1/load.sql; }
  [ -d s$1 ] && { renew $1; return; }
  [ -f $1.jsonl ] || python3 "$peers/caspian/convert.py" data/$1 $1.jsonl
  rm -rf s$1.part
  local began=$(date +%s%N)
  "$caspian" import --ontology "$ontology" --store s$1.part $1.jsonl
  echo "import of $1: $(( ($(date +%s%N) - began) / 1000000 )) ms"
  mv s$1.part s$1; echo "$written" > s$1/renewed
}
pids=()
trap 'kill "${pids[@]}" 2>/dev/null; rm -rf "$scratch/served"' EXIT
serve() { # NAME PORT COMMAND: starts it on the first core, waits until it listens and notes its start and memory
  local name=$1 port=$2 began=$(date +%s%N) pid; shift 2
  GOMAXPROCS=1 taskset -c 0 "$@" > "$name.log" 2>&1 & pid=$!; pids+=($pid)
  until curl -fs "http://127.0.0.1:$port/readyz" >/dev/null || { [ $name != caspian ] && (exec 3<>/dev/tcp/127.0.0.1/$port) 2>/dev/null; }; do
    kill -0 $pid || { cat "$name.log" >&2; exit 1; }; sleep 0.02
  done
  local ms=$(( ($(date +%s%N) - began) / 1000000 ))
  note "$name" W10 "{load_ms:$ms,rss_mb:$("$peers/rss.sh" $pid),disk_mb:0}"
}
note() { node -e "import('$peers/node/lib.mjs').then(l=>l.record('results.json','$1/$size/$2',$3))"; }
for size in $sizes; do
  prepare $size
  rm -rf served; cp -r --reflink=auto s$size served
  serve limit 8181 ./limit -a 127.0.0.1:8181 -d data/$size -wal wal.$size
  [ -x gqlgen/server ] && serve gqlgen-direct 8183 gqlgen/server -a 127.0.0.1:8183 -d data/$size -wait 0
  serve caspian 8190 "$caspian" serve --ontology "$ontology" --store served --seeds none --open-writes --response-cache 0 --listen 127.0.0.1:8190
  for work in $works; do
    for peer in limit:8181 gqlgen-direct:8183 caspian:8190; do
      node node/http.mjs ${peer%:*} $size data/$size 127.0.0.1:${peer#*:} ./load results.json $rounds $seconds $work
    done
  done
  kill "${pids[@]}"; wait "${pids[@]}" 2>/dev/null || true; pids=()
done
