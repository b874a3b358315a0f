#!/bin/sh
# List the countries with most neighbours, with curl alone.
#
# Usage: borders.sh [URL]      (default: http://127.0.0.1:8080)
set -eu
url=${1:-http://127.0.0.1:8080}

# An answer with one list is a table: a header, then a row for each item.
query='{countries(first: 1000) {nodes {borders {totalCount} id}}}'
curl -sSf -G "$url/graphql.csv" --data-urlencode "query=$query" | tr -d '\r' | sort -t, -k1,1nr -k2 | head
