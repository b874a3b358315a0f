#!/usr/bin/env python3
"""Write a claim through the transact mutation, and read it back.

Usage: write.py [URL]      (default: http://127.0.0.1:8080)

Needs only Python's standard library. If you run it twice, the change happens
once, because of the idempotency key.

Writing needs a token: CASPIAN_TOKEN, or the one that a service on this machine
stores in the folder of its store (CASPIAN_STORE, or data).
"""
import json
import os
import pathlib
import sys
import urllib.error
import urllib.parse
import urllib.request

url = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8080"


def token():
    """Return the token for the service, or None if there is none."""
    if os.environ.get("CASPIAN_TOKEN"):
        return os.environ["CASPIAN_TOKEN"]
    folder = pathlib.Path(os.environ.get("CASPIAN_STORE") or "data")
    here = urllib.parse.urlsplit(url)
    try:  # only if url is the service of that store
        port = (folder / "address").read_text().strip().rpartition(":")[2]
        if here.hostname in ("127.0.0.1", "localhost", "::1") and port == str(here.port):
            return (folder / "token").read_text().strip()
    except OSError:
        pass
    return None


def ask(query, variables):
    """Send one GraphQL request; on errors, print them and exit."""
    headers = {
        "Content-Type": "application/json",
        "Accept": "application/graphql-response+json",
    }
    if token():
        headers["Authorization"] = "Bearer " + token()
    body = json.dumps({"query": query, "variables": variables}).encode()
    request = urllib.request.Request(url + "/graphql", body, headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            answer = json.load(response)
    except urllib.error.HTTPError as error:  # the body says what was wrong
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


# Every claim has a source, so declare the source first.
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

# minSequence: the answer includes what was just written.
city = ask("""query ($seen: Int!) {
  city(id: "example-port", view: {minSequence: $seen}) {
    name
    claims(predicate: "aliases") { nodes { value validFrom confidence source { name } locator } }
  }
}""", {"seen": made["sequence"]})["city"]
print(city["name"])
for claim in city["claims"]["nodes"]:
    print("  {value}, from {validFrom}, confidence {confidence}: {source[name]}, {locator}".format(**claim))
