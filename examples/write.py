#!/usr/bin/env python3
"""Write a claim through the transact mutation, and read it back.

Usage: write.py [URL]      (http://127.0.0.1:8080 where it is left out)

Needs Python's standard library only. Run it twice: the idempotency key makes
the change happen once.
"""
import json
import os
import sys
import urllib.error
import urllib.request

url = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8080"


def ask(query, variables):
    """Send one GraphQL request; end with the errors, if there are any."""
    headers = {
        "Content-Type": "application/json",
        "Accept": "application/graphql-response+json",
    }
    if os.environ.get("CASPIAN_TOKEN"):  # needed where the service has --auth
        headers["Authorization"] = "Bearer " + os.environ["CASPIAN_TOKEN"]
    body = json.dumps({"query": query, "variables": variables}).encode()
    request = urllib.request.Request(url + "/graphql", body, headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            answer = json.load(response)
    except urllib.error.HTTPError as error:  # the answer says what was wrong
        answer = json.load(error)
    except urllib.error.URLError as error:
        sys.exit(f"{url} cannot be reached: {error.reason}; start it with 'caspian serve'")
    if "errors" in answer:
        for error in answer["errors"]:
            print(error["message"], file=sys.stderr)
            for problem in error.get("extensions", {}).get("problems", []):
                print("  {place}: {message}".format(**problem), file=sys.stderr)
        sys.exit(1)
    return answer["data"]


# Every claim has a source, so the first thing to declare is where it comes from.
change = {
    "idempotencyKey": "example-write-1",
    "operations": [
        {"declare": {"id": "example-notes", "type": "Source"}},
        {"assert": {"subject": "example-notes", "predicate": "name",
                    "value": "Notes of an example", "source": "example-notes"}},
        {"declare": {"id": "example-port", "type": "City"}},
        {"assert": {"subject": "example-port", "predicate": "name",
                    "value": "Port Example", "source": "example-notes"}},
        {"assert": {"subject": "example-port", "predicate": "aliases",
                    "value": "Example Harbour", "source": "example-notes",
                    "valid": "2024-05/..", "confidence": 0.6, "locator": "line 3"}},
    ],
}
made = ask("""mutation ($change: TransactInput!) {
  transact(input: $change) { sequence claims known replayed }
}""", {"change": change})["transact"]
print("sequence {sequence}, replayed: {replayed}".format(**made))

# minSequence: the answer is at least as new as what was just written.
city = ask("""query ($seen: Int!) {
  city(id: "example-port", view: {minSequence: $seen}) {
    name
    claims(predicate: "aliases") { nodes { value validFrom confidence source { name } locator } }
  }
}""", {"seen": made["sequence"]})["city"]
print(city["name"])
for claim in city["claims"]["nodes"]:
    print("  {value}, from {validFrom}, confidence {confidence}: {source[name]}, {locator}".format(**claim))
