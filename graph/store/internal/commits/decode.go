package commits

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cayleygraph/quad"

	"github.com/caspian-kg/caspian/graph"
)

// Decoder converts quads, in the order in which they were written, into commits.
type Decoder struct {
	Next   graph.Seq // the number of the commit being read; the caller sets it to the first
	commit graph.Commit
	claims []graph.Claim // the commit's claims so far; the memory is reused
	fact   quad.Value    // the label of a fact whose meta has not come yet
	meta   metaReader
}

// Add adds the next quad. It returns a commit if the quad completes one.
func (d *Decoder) Add(q quad.Quad) (*graph.Commit, error) {
	pred, ok := q.Predicate.(quad.IRI)
	if !ok {
		return nil, fmt.Errorf("the quad %s is not one that the store writes", q)
	}
	c, last := &d.commit, len(d.claims)-1
	if d.fact != nil && pred != predMeta {
		return nil, fmt.Errorf("claim %s has no meta", d.fact)
	}
	var err error
	switch pred {
	case predMeta:
		text, ok := q.Object.(quad.String)
		if !ok || q.Label != d.fact {
			return nil, fmt.Errorf("the meta of claim %s follows no fact of it", q.Label)
		}
		d.fact = nil
		err = d.meta.read(string(text), &d.claims[last])
	case predSupersede:
		var id graph.ClaimID
		if id, err = claimOf(q.Object); err == nil && last < 0 {
			err = errors.New("it follows no claim")
		}
		if err == nil {
			d.claims[last].Supersedes = append(d.claims[last].Supersedes, id)
		}
	case PredType:
		ent := graph.Entity{}
		if ent.ID, err = entityOf(q.Subject); err == nil {
			ent.Type, err = CutIRI(q.Object, typePrefix)
			c.Entities = append(c.Entities, ent)
		}
	case predRetract, predReinstate:
		err = d.withdrawal(q)
	case predMerged:
		m := graph.Merged{}
		if m.From, err = entityOf(q.Subject); err == nil {
			m.Into, err = entityOf(q.Object)
		}
		if m.Into == m.From {
			m.Into = ""
		}
		c.Merges = append(c.Merges, m)
	case predScenario:
		err = d.scenario(q)
	case PredKey:
		var escaped string
		if escaped, err = CutIRI(q.Subject, keyPrefix); err == nil {
			c.Key, err = url.PathUnescape(escaped)
		}
	case PredSeal, PredSeal1:
		return d.seal(q)
	default:
		err = d.addFact(q)
	}
	if err != nil {
		return nil, fmt.Errorf("the quad %s: %w", q, err)
	}
	return nil, nil
}

// withdrawal adds the quad of a retraction or a reinstatement.
func (d *Decoder) withdrawal(q quad.Quad) error {
	id, err := claimOf(q.Subject)
	if err != nil {
		return err
	}
	reason, ok := q.Object.(quad.String)
	if !ok {
		return fmt.Errorf("the reason %s is not a text", q.Object)
	}
	if q.Predicate == quad.IRI(predRetract) {
		d.commit.Retractions = append(d.commit.Retractions, graph.Retraction{Claim: id, Reason: string(reason)})
	} else {
		d.commit.Reinstatements = append(d.commit.Reinstatements, graph.Reinstatement{Claim: id, Reason: string(reason)})
	}
	return nil
}

func (d *Decoder) addFact(q quad.Quad) error {
	c := graph.Claim{}
	var err error
	if c.Predicate, err = CutIRI(q.Predicate, FieldPrefix); err != nil {
		return err
	}
	if c.Subject, err = entityOf(q.Subject); err != nil {
		return err
	}
	if c.Value, err = decodeValue(q.Object); err != nil {
		return err
	}
	if _, err = CutIRI(q.Label, ClaimPrefix); err != nil {
		return err
	}
	d.fact = q.Label
	d.claims = append(d.claims, c)
	return nil
}

// seal checks that the commit is complete, and returns it.
func (d *Decoder) seal(q quad.Quad) (*graph.Commit, error) {
	n, err := SeqOf(q.Subject)
	if err != nil {
		return nil, err
	}
	text, _ := q.Object.(quad.String)
	s, err := ReadSeal(string(text))
	if err != nil {
		return nil, fmt.Errorf("commit %d: %w", n, err)
	}
	c := d.commit
	if len(d.claims) > 0 {
		c.Claims = slices.Clone(d.claims)
		clear(d.claims)
		d.claims = d.claims[:0]
	}
	if n != d.Next {
		return nil, fmt.Errorf("commit %d is where commit %d should be", n, d.Next)
	}
	if s.Entities != len(c.Entities) || s.Claims != len(c.Claims) || s.Retractions != len(c.Retractions) || s.Reinstatements != len(c.Reinstatements) || s.Merges != len(c.Merges) || s.Scenario != (c.Scenario != nil) {
		return nil, fmt.Errorf("commit %d has %d entities, %d claims, %d retractions, %d reinstatements and %d merges, of a scenario: %t; but its seal says %d, %d, %d, %d and %d, %t",
			n, len(c.Entities), len(c.Claims), len(c.Retractions), len(c.Reinstatements), len(c.Merges), c.Scenario != nil, s.Entities, s.Claims, s.Retractions, s.Reinstatements, s.Merges, s.Scenario)
	}
	c.Seq, c.At, c.Digest, c.Ontology, c.KeyDigest, c.Import = n, time.UnixMicro(s.At).UTC(), s.Digest, s.Ontology, s.KeyDigest, s.Import
	d.commit = graph.Commit{}
	d.Next++
	return &c, nil
}

// CutIRI returns an address without its prefix, or an error that names both.
func CutIRI(v quad.Value, prefix string) (string, error) {
	iri, _ := v.(quad.IRI)
	s, ok := strings.CutPrefix(string(iri), prefix)
	if !ok {
		return "", fmt.Errorf("%s is not <%s…>", quad.StringOf(v), prefix)
	}
	return s, nil
}

func entityOf(v quad.Value) (graph.ID, error) {
	s, err := CutIRI(v, entityPrefix)
	return graph.ID(s), err
}

func claimOf(v quad.Value) (graph.ClaimID, error) {
	s, err := CutIRI(v, ClaimPrefix)
	if err != nil {
		return graph.ClaimID{}, err
	}
	return graph.ParseClaimID(s)
}

// SeqOf returns the number of the commit with the given address.
func SeqOf(v quad.Value) (graph.Seq, error) {
	s, err := CutIRI(v, CommitPrefix)
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseUint(s, 10, 64)
	return graph.Seq(n), err
}

func decodeValue(v quad.Value) (graph.Value, error) {
	switch v := v.(type) {
	case quad.IRI:
		id, err := entityOf(v)
		return graph.EntityValue(id), err
	case quad.String:
		return graph.StringValue(string(v)), nil
	case quad.Int:
		return graph.IntValue(int64(v)), nil
	case quad.Float:
		return graph.FloatValue(float64(v)), nil
	case quad.Bool:
		return graph.BoolValue(bool(v)), nil
	case quad.TypedString:
		switch v.Type {
		case typeEnum:
			return graph.EnumOf(string(v.Value)), nil
		case typeDate:
			return parseValue(graph.DateKind, string(v.Value))
		case typeQuantity:
			return parseValue(graph.QuantityKind, string(v.Value))
		case typeCoordinates:
			return parseValue(graph.CoordinatesKind, string(v.Value))
		case typeNone:
			return parseValue(graph.NoneKind, string(v.Value))
		case typeRange:
			return parseValue(graph.RangeKind, string(v.Value))
		}
	}
	return graph.Value{}, fmt.Errorf("%s is not a value that the store writes", quad.StringOf(v))
}

// parseValue reads what Value.String writes. It is less strict than for input: a stored value must be readable
// even if it would be refused today.
func parseValue(k graph.Kind, s string) (graph.Value, error) {
	switch k {
	case graph.DateKind:
		d, err := graph.ParseDate(s)
		return graph.DateValue(d), err
	case graph.QuantityKind:
		num, unit, _ := strings.Cut(s, " ")
		f, err := strconv.ParseFloat(num, 64)
		return graph.QuantityValue(f, unit), err
	case graph.FloatKind:
		f, err := strconv.ParseFloat(s, 64)
		return graph.FloatValue(f), err
	case graph.CoordinatesKind:
		a, b, _ := strings.Cut(s, ",")
		lat, err := strconv.ParseFloat(a, 64)
		if err != nil {
			return graph.Value{}, err
		}
		lon, err := strconv.ParseFloat(b, 64)
		return graph.CoordinatesValue(lat, lon), err
	case graph.EntityKind:
		return graph.EntityValue(graph.ID(s)), nil
	}
	return graph.ParseValue(k, s)
}
