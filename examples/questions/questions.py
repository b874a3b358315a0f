#!/usr/bin/env python3
"""Answer three questions with pandas.

Usage: questions.py [URL]      (default: http://127.0.0.1:8080)

Needs pandas, in Debian python3-pandas. questions.R and questions.sh ask the same.
"""
import json
import sys
import urllib.error
import urllib.parse
import urllib.request

import pandas

url = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8080"


def fetch(path, query, **variables):
    """Open the answer to a query; on errors, print them and exit."""
    asked = urllib.parse.urlencode({"query": query, "variables": json.dumps(variables)})
    # With this type, the status is an error if the service cannot run the query.
    request = urllib.request.Request(f"{url}{path}?{asked}", headers={"Accept": "text/csv, application/graphql-response+json"})
    try:
        return urllib.request.urlopen(request, timeout=30)
    except urllib.error.HTTPError as error:  # the body says what was wrong
        sys.exit("\n".join(e["message"] for e in json.load(error)["errors"]))
    except urllib.error.URLError as error:
        sys.exit(f"{url} cannot be reached: {error.reason}; start it with 'caspian serve'")


def table(query, **variables):
    """Return an answer with one list, each item a row."""
    # "NA" is a text: only an empty cell is unknown.
    return pandas.read_csv(fetch("/graphql.csv", query, **variables), keep_default_na=False, na_values=[""])


print("How does Kazakh uranium reach Europe without Russia?\n")
# Each route has a list of legs, so the answer is JSON instead of a table.
with fetch("/graphql", """{
  routes(from: "KAZ", to: "eu", avoid: ["RUS"], cargo: "uranium", first: 1) {
    routes { avoidance legs { from { name } to { name } mode status distanceKm } }
  }
}""") as answer:
    routes = json.load(answer)["data"]["routes"]["routes"]
for route in routes:
    print("avoidance", route["avoidance"])
    print(pandas.json_normalize(route["legs"])[["from.name", "to.name", "mode", "status", "distanceKm"]].to_string(index=False))

print("\nHow far does Japan depend on China?\n")
SHARES = """query ($resource: ID, $year: Int) {
  dependency(of: "JPN", resource: $resource, year: $year) { basis { scope } year partners { partner { id } share { low high } } }
}"""


def share(resource=None, year=None):
    """Return China's share, at least and at most: what no source states may come from anyone."""
    partners = table(SHARES, resource=resource, year=year)
    partners = partners.rename(columns=lambda name: name.rpartition("dependency.")[2])
    return partners[partners["partner.id"] == "CHN"][["year", "share.low", "share.high", "basis.scope"]]


print("all goods:", share().to_string(index=False, na_rep=""), sep="\n")

# What the sources state, one row for each claim; two sources may state two figures for a year.
stated = table("""{
  country(id: "JPN") {
    importsFrom(
      series: true, orderBy: [{ claim: { validFrom: ASC } }]
      where: { node: { id: { eq: "CHN" } }, edge: { resource: { eq: "rare-earths" } } }
    ) {
      edges { from to share scope claim { source { name } } }
    }
  }
}""")
print("\nrare earths, as stated:", stated.to_string(index=False, na_rep=""), sep="\n")
years = sorted({int(str(day)[:4]) for day in stated["from"]})
print("\nrare earths, by year:", pandas.concat(share("rare-earths", year) for year in years).to_string(index=False, na_rep=""), sep="\n")

print("\nWhat was Kazakhstan's capital called in 2020?\n")
# The view sets the date of everything below it.
capital = table('{ country(id: "KAZ", view: { asOf: "2020" }) { capital { name } } }')
print(capital.loc[0, "country.capital.name"])
