package commits

import (
	"encoding/json"
	"fmt"
	"strconv"
	"unicode/utf8"

	"github.com/cayleygraph/quad"

	"github.com/caspian-kg/caspian/graph"
)

// metaJSON is the literal of meta/1: the rest of a claim, with short keys. Zero values are left out.
type metaJSON struct {
	Qualifiers  [][3]string `json:"q,omitempty"` // name, kind, text
	Valid       string      `json:"t,omitempty"`
	Source      string      `json:"s,omitempty"`
	Locator     string      `json:"l,omitempty"`
	Confidence  float64     `json:"c,omitempty"`
	Rank        string      `json:"r,omitempty"`
	Attribution string      `json:"a,omitempty"`
	To          string      `json:"to,omitempty"`
	Original    string      `json:"o,omitempty"`
	Conflict    string      `json:"k,omitempty"`
	Note        string      `json:"n,omitempty"`
}

// appendMeta writes the meta literal of a claim.
func appendMeta(b []byte, c *graph.Claim) ([]byte, error) {
	m := metaJSON{
		Valid: c.Valid.String(), Source: string(c.Source), Locator: c.Locator, Confidence: c.Confidence,
		To: c.AttributedTo, Original: c.Original, Conflict: c.Conflict, Note: c.Note,
	}
	if iv, err := graph.ParseInterval(m.Valid); err != nil || iv != c.Valid {
		return nil, graph.Errorf(graph.BadInput, "%q is not a valid time that can be read back", m.Valid)
	}
	if int(c.Rank) >= len(graph.RankNames) || int(c.Attribution) >= len(graph.AttributionNames) {
		return nil, graph.Errorf(graph.BadInput, "rank %d or attribution %d does not exist", c.Rank, c.Attribution)
	}
	if err := checkFinite(c.Confidence); err != nil {
		return nil, fmt.Errorf("confidence: %w", err)
	}
	if c.Rank != 0 {
		m.Rank = c.Rank.String()
	}
	if c.Attribution != 0 {
		m.Attribution = c.Attribution.String()
	}
	for _, q := range c.Qualifiers {
		if _, err := encodeValue(q.Value); err != nil {
			return nil, fmt.Errorf("qualifier %s: %w", q.Name, err)
		}
		if !utf8.ValidString(q.Name) {
			return nil, graph.Errorf(graph.BadInput, "the qualifier's name %q is not valid UTF-8", q.Name)
		}
		m.Qualifiers = append(m.Qualifiers, [3]string{q.Name, q.Value.Kind().String(), q.Value.String()})
	}
	for _, s := range []string{m.Source, m.Locator, m.To, m.Original, m.Conflict, m.Note} {
		if !utf8.ValidString(s) {
			return nil, graph.Errorf(graph.BadInput, "%q is not valid UTF-8", s)
		}
	}
	j, err := json.Marshal(m)
	return append(b, j...), err
}

// Seal is the literal of commit/2: record time in microseconds, counts, digest and ontology. It also has the
// digest of the change if the commit has an idempotency key, and the import if the commit belongs to one.
// commit/1 lacks the last four.
type Seal struct {
	At                            int64
	Entities, Claims, Retractions int
	Reinstatements, Merges        int
	Scenario                      bool
	Digest, Ontology, KeyDigest   string
	Import                        *graph.Import
}

func sealQuad(s Seal) (pred quad.IRI, text string) {
	if s.Digest == "" && s.Ontology == "" && s.KeyDigest == "" && s.Reinstatements == 0 && s.Merges == 0 && !s.Scenario && s.Import == nil {
		return PredSeal1, fmt.Sprintf(`{"at":%d,"e":%d,"c":%d,"r":%d}`, s.At, s.Entities, s.Claims, s.Retractions)
	}
	more := ""
	if s.KeyDigest != "" {
		more = `,"k":"` + s.KeyDigest + `"`
	}
	if s.Reinstatements != 0 {
		more += fmt.Sprintf(`,"b":%d`, s.Reinstatements)
	}
	if s.Merges != 0 {
		more += fmt.Sprintf(`,"m":%d`, s.Merges)
	}
	if s.Scenario {
		more += `,"s":1`
	}
	if s.Import != nil {
		im, err := json.Marshal(s.Import)
		if err != nil {
			panic(err) // cannot fail: only numbers and texts
		}
		more += `,"i":` + string(im)
	}
	return PredSeal, fmt.Sprintf(`{"at":%d,"e":%d,"c":%d,"r":%d,"d":"%s","o":"%s"%s}`, s.At, s.Entities, s.Claims, s.Retractions, s.Digest, s.Ontology, more)
}

// ReadSeal reads the literal of commit/1 or commit/2.
func ReadSeal(text string) (Seal, error) {
	var j struct {
		At               *int64
		E, C, R, B, M, S int
		D, O, K          string
		I                *graph.Import
	}
	if err := json.Unmarshal([]byte(text), &j); err != nil || j.At == nil {
		return Seal{}, fmt.Errorf("the seal %s cannot be read", strconv.Quote(text))
	}
	return Seal{*j.At, j.E, j.C, j.R, j.B, j.M, j.S != 0, j.D, j.O, j.K, j.I}, nil
}
