package reconcile

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/match"
	"github.com/caspian-kg/caspian/graph/text"
	"github.com/caspian-kg/caspian/schema"
)

// query is a reconciliation query.
type query struct {
	Query      string     `json:"query"`
	Type       oneOrMany  `json:"type"`
	Limit      *float64   `json:"limit"`
	Properties []property `json:"properties"`
}

type property struct {
	PID string `json:"pid"`
	V   values `json:"v"`
}

// oneOrMany reads a text or a list of texts.
type oneOrMany []string

// UnmarshalJSON implements json.Unmarshaler.
func (l *oneOrMany) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*l = nil
		if one != "" {
			*l = oneOrMany{one}
		}
		return nil
	}
	var many []string
	err := json.Unmarshal(b, &many)
	*l = many
	return err
}

// value is a value of a property: an entity or a text. Numbers and booleans are texts too.
type value struct {
	id   graph.ID
	text string
}

// values reads a value or a list of values.
type values []value

// UnmarshalJSON implements json.Unmarshaler.
func (l *values) UnmarshalJSON(b []byte) error {
	var many []json.RawMessage
	if json.Unmarshal(b, &many) != nil {
		many = []json.RawMessage{b}
	}
	for _, raw := range many {
		var entity struct{ ID, Name string }
		var one string
		switch {
		case json.Unmarshal(raw, &one) == nil:
			*l = append(*l, value{text: one})
		case raw[0] == '{':
			if err := json.Unmarshal(raw, &entity); err != nil {
				return err
			}
			*l = append(*l, value{id: graph.ID(entity.ID), text: entity.Name})
		default:
			*l = append(*l, value{text: string(raw)})
		}
	}
	return nil
}

// candidate is an entity that may match a query.
type candidate struct {
	ID          graph.ID  `json:"id"`
	Name        string    `json:"name"`
	Description string    `json:"description,omitempty"`
	Type        []named   `json:"type"`
	Score       int       `json:"score"`
	Match       bool      `json:"match"`
	Features    []feature `json:"features"`
}

// feature is one ground for the score of a candidate: the score of its name, or whether a property agrees.
type feature struct {
	ID    string `json:"id"`
	Value any    `json:"value"`
}

// result answers a query. Error says why a query has no answer; the others of its batch have theirs.
type result struct {
	Result []candidate `json:"result"`
	Error  string      `json:"error,omitempty"`
}

// queries answers a batch of reconciliation queries.
func (a *answering) queries(text string) (any, error) {
	var batch map[string]query
	if err := decode("queries", text, &batch); err != nil {
		return nil, err
	}
	if err := tooMany(len(batch), "queries"); err != nil {
		return nil, err
	}
	answer, faults := map[string]result{}, graph.Problems{}
	for key, q := range batch {
		list, err := a.query(&q)
		if ended := a.err(); ended != nil {
			return nil, ended
		}
		if err != nil {
			faults = append(faults, graph.Problem{Code: graph.BadInput, Message: fmt.Sprintf("query %s: %v", graph.Clip(key), err)})
			answer[key] = result{[]candidate{}, err.Error()}
			continue
		}
		answer[key] = result{Result: list}
	}
	if len(faults) > 0 && len(faults) == len(batch) {
		return nil, graph.Errorf(graph.BadInput, "%s", faults[0].Message)
	}
	return answer, nil
}

// The constants bound how properties change a score.
const (
	atMost       = 99 // the highest score that match.Agreement can add up to
	disagreement = 50 // the highest score after a property disagrees
)

func (a *answering) query(q *query) ([]candidate, error) {
	if err := short("query", q.Query); err != nil {
		return nil, err
	}
	if q.Query == "" && len(q.Properties) == 0 {
		return nil, graph.Errorf(graph.BadInput, "it needs query or properties")
	}
	if err := tooMany(len(q.Properties), "properties"); err != nil {
		return nil, err
	}
	for _, p := range q.Properties {
		if err := tooMany(len(p.V), "values of "+graph.Clip(p.PID)); err != nil {
			return nil, err
		}
	}
	if _, err := a.typesOf(q.Type); err != nil {
		return nil, err
	}
	found, err := a.find(q)
	if err != nil {
		return nil, err
	}
	features := map[graph.ID][]feature{}
	for i := range found {
		c := &found[i]
		features[c.ID] = []feature{{"name", c.Score}}
		for _, p := range q.Properties {
			agrees, known := a.agrees(c.ID, &p)
			if !known {
				continue
			}
			features[c.ID] = append(features[c.ID], feature{p.PID, agrees})
			if !agrees {
				c.Score = min(c.Score, disagreement)
			} else if c.Score < atMost {
				c.Score = min(c.Score+match.Agreement, atMost)
			}
		}
	}
	slices.SortFunc(found, func(x, y match.Candidate) int {
		return cmp.Or(cmp.Compare(y.Score, x.Score), strings.Compare(string(x.ID), string(y.ID)))
	})
	sure, _ := match.Sure(found, match.Threshold)
	if q.Limit != nil && *q.Limit >= 1 && *q.Limit < float64(len(found)) {
		found = found[:int(*q.Limit)]
	}
	list := make([]candidate, len(found))
	for i, c := range found {
		n, _ := a.Snapshot.Number(c.ID)
		list[i] = candidate{ID: c.ID, Name: a.now.Name(n), Description: a.description(n), Type: a.typeOf(n),
			Score: c.Score, Match: c.ID == sure, Features: features[c.ID]}
	}
	return list, nil
}

// find finds candidates by the text of a query. If there is no text, it finds them by the properties that are
// keys.
func (a *answering) find(q *query) ([]match.Candidate, error) {
	if q.Query != "" {
		return match.Find(a.ever, match.Question{Text: q.Query, Types: q.Type})
	}
	for _, p := range q.Properties {
		if !slices.ContainsFunc(a.Snapshot.Ontology().Predicate(p.PID), func(f *schema.Field) bool { return f.Key != "" }) {
			continue
		}
		for _, v := range p.V {
			if err := short(p.PID, v.text); err != nil {
				return nil, err
			}
			list, err := match.Find(a.ever, match.Question{Text: v.text, Types: q.Type})
			if err != nil || len(list) > 0 {
				return list, err
			}
		}
	}
	return nil, nil
}

// agrees reports whether an entity has one of the values of a property, and whether the graph has any value of
// the property.
func (a *answering) agrees(id graph.ID, p *property) (agrees, known bool) {
	n, _ := a.Snapshot.Number(id)
	f := a.fieldOf(n, p.PID)
	if f == nil {
		return false, false
	}
	if f.Target != nil {
		for e := range a.ever.Relation(n, f, true).All() {
			known = true
			agrees = agrees || slices.ContainsFunc(p.V, func(v value) bool { return a.means(f, v) == a.Snapshot.ID(e.Node) })
		}
		return agrees, known
	}
	a.ever.Claims(n, f.Name, false, func(claim uint32) bool {
		known = true
		stated := a.Snapshot.Value(claim)
		agrees = slices.ContainsFunc(p.V, func(v value) bool { return same(stated, v.text) })
		return !agrees
	})
	return agrees, known
}

// means returns the entity that a value of a relation names, or "".
func (a *answering) means(f *schema.Field, v value) graph.ID {
	if v.id != "" || len(v.text) > MaxText {
		return v.id
	}
	key := f.Target.Name + " " + v.text
	id, done := a.meant[key]
	if !done {
		list, err := match.Find(a.ever, match.Question{Text: v.text, Types: []string{f.Target.Name}})
		if err == nil {
			id, _ = match.Sure(list, match.Threshold)
		}
		a.meant[key] = id
	}
	return id
}

// same reports whether a value equals a text. Numbers are compared as numbers, texts without regard to case and
// diacritics.
func same(stated graph.Value, given string) bool {
	switch stated.Kind() {
	case graph.IntKind, graph.FloatKind, graph.QuantityKind:
		x, err := strconv.ParseFloat(strings.TrimSpace(given), 64)
		y := stated.Float()
		if stated.Kind() == graph.IntKind {
			y = float64(stated.Int())
		}
		return err == nil && math.Abs(x-y) <= 1e-6*math.Max(math.Abs(x), math.Abs(y))
	}
	return text.Fold(stated.String()) == text.Fold(given)
}

// description returns the description of an entity today, or "" if it has none.
func (a *answering) description(n uint32) string {
	f := a.fieldOf(n, "description")
	if f == nil || f.Kind != schema.Property {
		return ""
	}
	if e, ok := a.now.One(n, f); ok {
		return a.Snapshot.Value(e.Claim).String()
	}
	return ""
}
