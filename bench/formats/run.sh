#!/bin/bash
# run.sh PROGRAM CLAIMS DIR
# Imports the same made claims as JSON lines, N-Quads, CSV and Turtle, each into an empty store, and as JSON lines into
# a filled one. Prints seconds, claims/s, processor seconds, peak memory, and the processor time as a multiple of that
# of JSON lines. The stores must have one content, or the script fails.
set -euo pipefail
program=$(realpath "$1") claims=$2 dir=$3
mkdir -p "$dir"; dir=$(realpath "$dir"); cd "$dir"

each() { # FORMAT: prints each claim by awk's printf of city, year and population
  awk -v n="$claims" -v f="$1\n" 'BEGIN { for (i = 0; i < n; i++) printf f, int(i / 25), 2000 + i % 25, 1000 + i }'
}
meta='defaults: {source: bench, at: figures}
entities: {bench: {type: Source, _: {source: bench}, name: Figures}}'
{
  echo '{"entity":"bench","type":"Source"}'
  echo '{"subject":"bench","predicate":"name","value":"Figures","source":"bench"}'
  awk -v n="$claims" 'BEGIN { for (i = 0; i < n; i += 25) printf "{\"entity\":\"city-%d\",\"type\":\"City\"}\n", i / 25 }'
  each '{"subject":"city-%d","predicate":"population","valid":"%d","value":%d,"source":"bench","locator":"figures","confidence":0.7}'
} > claims.jsonl
{ echo city,year,population; each '%d,%d,%d'; } > claims.csv
each '[] <https://example.org/city> "%d" ; <https://example.org/year> "%d" ; <https://example.org/population> %d .' > claims.ttl
row='    type: City
    population: {value: "{PopulationColumn}", valid: "{YearColumn}", confidence: 0.7}'
mapping() { # PREFIX SUFFIX: of a column
  echo "$meta"; echo 'rows:'; echo "  \"city-{$1city$2}\":"
  sed "s|PopulationColumn|$1population$2|; s|YearColumn|$1year$2|" <<< "$row"
}
mapping '' '' > csv.yaml
mapping 'https://example.org/' '' > ttl.yaml

base=
run() { # NAME ARGUMENTS...
  local name=$1; shift; sync
  /usr/bin/time -o time -f '%e %U %S %M' "$program" import "$@" > out 2>&1 || { cat out; exit 1; }
  read -r real user sys kb < time
  base=${base:-$(awk -v u="$user" -v s="$sys" 'BEGIN { print u + s }')}
  awk -v n="$name" -v r="$real" -v u="$user" -v s="$sys" -v kb="$kb" -v c="$claims" -v b="$base" \
    'BEGIN { printf "%-26s %9.1f %9d %9.1f %9d %9.2f\n", n, r, c / r, u + s, kb / 1024, (u + s) / b }'
}
printf '%-26s %9s %9s %9s %9s %9s\n' import seconds claims/s cpu_s peak_MB cpu/base
rm -rf jsonl nquads csv ttl
run 'JSON lines, empty store' --store jsonl claims.jsonl
"$program" export --store jsonl --format nquads --to claims.nq 2> out || { cat out; exit 1; }
run 'N-Quads, empty store' --store nquads claims.nq
run 'CSV, empty store' --store csv --mapping csv.yaml claims.csv
run 'Turtle, empty store' --store ttl --mapping ttl.yaml claims.ttl
for store in jsonl nquads csv ttl; do
  "$program" export --store "$store" 2> out | sort | sha256sum
done | uniq -c | awk '{ n++ } END { if (n != 1) { print "the stores differ"; exit 1 } }'
sed 's/"locator":"figures"/"locator":"again"/' claims.jsonl > again.jsonl
run 'JSON lines, filled store' --store jsonl again.jsonl
