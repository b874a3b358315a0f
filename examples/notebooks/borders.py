#!/usr/bin/env python3
"""Rank countries by the borders that shortest paths over land cross.

Usage: borders.py [URL]      (default: http://127.0.0.1:8080)

Needs pandas and networkx, in Debian python3-pandas and python3-networkx.
"""
import io
import sys
import urllib.parse
import urllib.request

import networkx
import pandas

url = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8080"

# A query whose answer has one list is a table. Pages of 1,000 are the longest.
query = "{countries(first: 1000) {nodes {id name population landlocked capital {name}}}}"
countries = pandas.read_csv(f"{url}/graphql.csv?query={urllib.parse.quote(query)}", keep_default_na=False, na_values=[""]).set_index("id")

# All relations of countries, as a network for networkx.
with urllib.request.urlopen(f"{url}/export?format=graphml&type=Country") as answer:
    network = networkx.read_graphml(io.BytesIO(answer.read()))
borders = networkx.Graph((a, b) for a, b, edge in network.edges(data=True) if edge["predicate"] == "borders")

countries["neighbours"] = pandas.Series(dict(borders.degree()))
countries["between"] = pandas.Series(networkx.betweenness_centrality(borders)).round(3)
columns = ["name", "capital.name", "neighbours", "between"]
print(countries.sort_values("between", ascending=False)[columns].head(10).to_string())
