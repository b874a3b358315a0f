package server

import (
	"encoding/json"
	"strings"

	"github.com/caspian-kg/caspian/server/documents"
)

// extensions are the parts of a request besides its document and variables.
type extensions struct {
	documents.Reference
	// cost, trace and plan request the members with these names in the answer's extensions.
	cost, trace, plan bool
}

// readExtensions reads the members documentId and extensions of a request; text is nil if
// extensions is absent. Unknown members of extensions are for other software and are ignored.
func readExtensions(documentID string, text json.RawMessage) (extensions, *requestError) {
	var x extensions
	if documentID != "" {
		x.ID = strings.TrimPrefix(documentID, documents.HashPrefix)
	}
	if text == nil {
		return x, nil
	}
	var given map[string]json.RawMessage // a struct would match names without regard to case
	if err := json.Unmarshal(text, &given); err != nil {
		return x, badRequest("extensions cannot be read: %v", err)
	}
	var bad *requestError
	if x.cost, bad = toggled("cost", given["cost"]); bad != nil {
		return x, bad
	}
	if x.trace, bad = toggled("trace", given["trace"]); bad != nil {
		return x, bad
	}
	if x.plan, bad = toggled("plan", given["plan"]); bad != nil {
		return x, bad
	}
	if x.ID == "" {
		x.Reference, bad = persistedQuery(given["persistedQuery"])
	}
	return x, bad
}

// toggled reads a switch, which is true, false, null or absent.
func toggled(name string, text json.RawMessage) (bool, *requestError) {
	switch string(text) {
	case "true":
		return true, nil
	case "", "false", "null":
		return false, nil
	}
	return false, badRequest("extensions.%s must be true or false, not %s", name, kindOf(text))
}

// persistedQuery reads extensions.persistedQuery.
func persistedQuery(text json.RawMessage) (documents.Reference, *requestError) {
	if len(text) == 0 || string(text) == "null" {
		return documents.Reference{}, nil
	}
	var q struct {
		Version    json.Number `json:"version"`
		Sha256Hash string      `json:"sha256Hash"`
	}
	if err := json.Unmarshal(text, &q); err != nil {
		return documents.Reference{}, badRequest(`extensions.persistedQuery must be {"version": 1, "sha256Hash": "…"}`)
	}
	hash := strings.ToLower(q.Sha256Hash)
	if q.Version != "1" || !documents.IsHash(hash) {
		return documents.Reference{}, badRequest(`extensions.persistedQuery must be {"version": 1, "sha256Hash": "…"} with the 64 hexadecimal digits of the document's SHA-256`)
	}
	return documents.Reference{ID: hash, Apollo: true}, nil
}
