#!/bin/sh
# Answer three questions with curl alone.
#
# Usage: questions.sh [URL]      (default: http://127.0.0.1:8080)
#
# questions.py and questions.R ask the same.
set -eu
url=${1:-http://127.0.0.1:8080}

# ask PATH QUERY prints the answer. On an error, the body says what was wrong.
ask() {
  accept='text/csv, application/graphql-response+json'
  body=$(curl -sS --fail-with-body -G "$url$1" -H "Accept: $accept" --data-urlencode "query=$2") || { echo "$body" >&2; exit 1; }
  echo "$body" | tr -d '\r' # CSV has the line ends of RFC 4180
}

echo "How does Kazakh uranium reach Europe without Russia?"
# Each route has a list of legs, so the answer is JSON instead of a table.
ask /graphql '{
  routes(from: "KAZ", to: "eu", avoid: ["RUS"], cargo: "uranium", first: 1) {
    routes { avoidance legs { from { name } to { name } mode status distanceKm } }
  }
}'

echo; echo "How far does Japan depend on China?"
# The shares are at least and at most: what no source states may come from anyone.
for resource in null '"rare-earths"'; do
  ask /graphql.csv "{
    dependency(of: \"JPN\", resource: $resource) { year partners { partner { id } share { low high } } }
  }"
done
echo "Rare earths, by year, as stated:"
ask /graphql.csv '{
  country(id: "JPN") {
    importsFrom(
      series: true, orderBy: [{ claim: { validFrom: ASC } }]
      where: { node: { id: { eq: "CHN" } }, edge: { resource: { eq: "rare-earths" } } }
    ) {
      edges { from to share scope claim { source { name } } }
    }
  }
}'

echo; echo "What was Kazakhstan's capital called in 2020?"
# The view sets the date of everything below it.
ask /graphql.csv '{ country(id: "KAZ", view: { asOf: "2020" }) { capital { name } } }'
