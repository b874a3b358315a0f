// Package commits writes a commit as quads, and reads it back unchanged.
//
// Read the table at the top of encode.go, then Encoder and Decoder. The package must not know where
// quads are kept, or in which order a database has them.
package commits

import (
	"errors"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/cayleygraph/quad"

	"github.com/caspian-kg/caspian/graph"
)

// A commit is written as these quads, in this order:
//
//	<e/KAZ> <rdf:type>   <t/Country>     <n/7>   for each entity
//	<e/KAZ> <p/capital>  <e/astana>      <c/…>   for each claim: the fact
//	<c/…>   <meta/1>     "{…}"           <c/…>     its meta
//	<c/…>   <supersedes> <c/…>           <c/…>     the claims it replaces
//	<c/…>   <retracted>  "reason"        <n/7>   for each retraction
//	<c/…>   <reinstated> "reason"        <n/7>   for each reinstatement
//	<e/x>   <merged>     <e/y>           <n/7>   for each merge; <e/x> where it is taken back
//	<s/new> <scenario>   "{…}"           <n/7>   what a scenario has from then on, as one text:
//	                                             no facts, so no query of Cayley finds any in it
//	<k/key> <key>        <n/7>           <n/7>   where it has an idempotency key
//	<n/7>   <commit/2>   "{…}"           <n/7>   the seal: record time, counts,
//	                                             digest and ontology, what came
//	                                             with the key, and the import
//
// All addresses have the scheme caspian:. The seal is last, so the last quad in the store names its head, and a
// commit without a seal does not count. The number in meta/1 and commit/2 is the version of the literal.
// commit/1 is the seal of a commit from an earlier version, whose digest and ontology are unknown.
//
// The exported constants are those that a database must find or distinguish.
const (
	scheme        = "caspian:"
	entityPrefix  = scheme + "e/"
	ClaimPrefix   = scheme + "c/"
	FieldPrefix   = scheme + "p/"
	typePrefix    = scheme + "t/"
	CommitPrefix  = scheme + "n/"
	keyPrefix     = scheme + "k/"
	scenPrefix    = scheme + "s/"
	PredType      = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
	predMeta      = scheme + "meta/1"
	predSupersede = scheme + "supersedes"
	predRetract   = scheme + "retracted"
	predReinstate = scheme + "reinstated"
	predMerged    = scheme + "merged"
	predScenario  = scheme + "scenario"
	PredKey       = scheme + "key"
	PredSeal      = scheme + "commit/2"
	PredSeal1     = scheme + "commit/1"

	typeDate        = "http://id.loc.gov/datatypes/edtf/EDTF"
	typeEnum        = scheme + "enum"
	typeQuantity    = scheme + "quantity"
	typeCoordinates = scheme + "coordinates"
	typeNone        = scheme + "none"
	typeRange       = scheme + "range"
)

// NamedPrefixes are the prefixes of the addresses of entities, fields and types, which have names elsewhere.
var NamedPrefixes = []string{entityPrefix, FieldPrefix, typePrefix}

// CommitIRI returns the address of a commit.
func CommitIRI(n graph.Seq) quad.IRI {
	return quad.IRI(CommitPrefix + strconv.FormatUint(uint64(n), 10))
}

// KeyIRI returns the address of an idempotency key.
func KeyIRI(key string) quad.IRI { return quad.IRI(keyPrefix + url.PathEscape(key)) }

// Encoder converts commits into quads. It refuses what could not be read back unchanged.
type Encoder struct {
	Quads  []quad.Quad            // the quads of all commits so far
	claims map[graph.ClaimID]bool // the claims of all commits so far, because Cayley does not notice if a transaction has a quad twice
	meta   []byte
	// The addresses of fields, and of the entity of the last claim, because most claims repeat them.
	fields  map[string]quad.Value
	subject quad.Value
	of      graph.ID
}

// Reset removes the commits so far. It reuses the memory of Quads.
func (e *Encoder) Reset() {
	e.Quads = e.Quads[:0]
	clear(e.claims)
}

func (e *Encoder) add(s, p, o, label quad.Value) {
	e.Quads = append(e.Quads, quad.Quad{Subject: s, Predicate: p, Object: o, Label: label})
}

// Commit appends the quads of one commit. After an error the encoder must not be used.
func (e *Encoder) Commit(c *graph.Commit) error {
	if err := e.Content(c); err != nil {
		return err
	}
	return e.Seal(c)
}

// Content is the first part of Commit, which does not need the digest and the hash of the ontology; Seal is the
// second.
func (e *Encoder) Content(c *graph.Commit) error {
	if !utf8.ValidString(c.Key) {
		return graph.Errorf(graph.BadInput, "commit %d: the idempotency key is not valid UTF-8", c.Seq)
	}
	if im := c.Import; im != nil && !utf8.ValidString(im.Label+im.Files+im.Format+string(im.Sync+im.UndidSource)) {
		return graph.Errorf(graph.BadInput, "commit %d: a text of its import is not valid UTF-8", c.Seq)
	}
	e.Quads = slices.Grow(e.Quads, len(c.Entities)+2*len(c.Claims)+len(c.Retractions)+len(c.Reinstatements)+2)
	label := CommitIRI(c.Seq)
	if err := e.entities(c, label); err != nil {
		return err
	}
	if e.claims == nil {
		e.claims, e.fields = make(map[graph.ClaimID]bool, len(c.Claims)), map[string]quad.Value{}
	}
	for i := range c.Claims {
		id := c.Claims[i].ID()
		err := e.claim(&c.Claims[i], id)
		if err == nil && e.claims[id] {
			err = graph.Errorf(graph.Duplicate, "the commit has claim %s twice", id)
		}
		if err != nil {
			return fmt.Errorf("commit %d: claim %d: %w", c.Seq, i, err)
		}
		e.claims[id] = true
	}
	if err := e.withdrawals(c, label); err != nil {
		return err
	}
	if err := e.merges(c, label); err != nil {
		return err
	}
	if err := e.scenario(c, label); err != nil {
		return err
	}
	if c.Key != "" {
		e.add(KeyIRI(c.Key), quad.IRI(PredKey), label, label)
	}
	return nil
}

// Seal ends the commit that Content began.
func (e *Encoder) Seal(c *graph.Commit) error {
	at := c.At.UnixMicro()
	if !c.At.Equal(time.UnixMicro(at)) {
		return graph.Errorf(graph.BadInput, "commit %d: the record time %s is finer than a microsecond; truncate it", c.Seq, c.At)
	}
	if !IsHex(c.Digest) || !IsHex(c.Ontology) || !IsHex(c.KeyDigest) {
		return graph.Errorf(graph.BadInput, "commit %d: the digest %q, the hash %q of the ontology or the digest %q of the change is not hexadecimal", c.Seq, c.Digest, c.Ontology, c.KeyDigest)
	}
	pred, text := sealQuad(Seal{at, len(c.Entities), len(c.Claims), len(c.Retractions), len(c.Reinstatements), len(c.Merges), c.Scenario != nil, c.Digest, c.Ontology, c.KeyDigest, c.Import})
	label := CommitIRI(c.Seq)
	e.add(label, pred, quad.String(text), label)
	return nil
}

func (e *Encoder) entities(c *graph.Commit, label quad.IRI) error {
	seen := make(map[graph.Entity]bool, len(c.Entities))
	for i, ent := range c.Entities {
		err := graph.CheckID(ent.ID)
		if err == nil {
			err = checkName(ent.Type)
		}
		if err == nil && seen[ent] {
			err = graph.Errorf(graph.Duplicate, "the commit has %s twice", ent.ID)
		}
		if err != nil {
			return fmt.Errorf("commit %d: entity %d: %w", c.Seq, i, err)
		}
		seen[ent] = true
		e.add(quad.IRI(entityPrefix+string(ent.ID)), quad.IRI(PredType), quad.IRI(typePrefix+ent.Type), label)
	}
	return nil
}

// merges appends what the commit merges: an entity that stands for itself again is merged into itself.
func (e *Encoder) merges(c *graph.Commit, label quad.IRI) error {
	seen := map[graph.Merged]bool{}
	for i, m := range c.Merges {
		into := m.Into
		if into == "" {
			into = m.From
		}
		err := errors.Join(graph.CheckID(m.From), graph.CheckID(into))
		if err == nil && (seen[m] || m.Into == m.From) {
			err = graph.Errorf(graph.Duplicate, "%s is merged twice, or into itself", m.From)
		}
		if err != nil {
			return fmt.Errorf("commit %d: merge %d: %w", c.Seq, i, err)
		}
		seen[m] = true
		e.add(quad.IRI(entityPrefix+string(m.From)), quad.IRI(predMerged), quad.IRI(entityPrefix+string(into)), label)
	}
	return nil
}

// withdrawals appends the commit's retractions and reinstatements.
func (e *Encoder) withdrawals(c *graph.Commit, label quad.IRI) error {
	seen := make(map[graph.ClaimID]bool, len(c.Retractions)+len(c.Reinstatements))
	add := func(pred quad.IRI, verb string, i int, id graph.ClaimID, reason string) (err error) {
		switch {
		case seen[id]:
			err = graph.Errorf(graph.Duplicate, "claim %s is %s twice, or retracted as well", id, verb)
		case !utf8.ValidString(reason):
			err = graph.Errorf(graph.BadInput, "the reason is not valid UTF-8")
		}
		if err != nil {
			return fmt.Errorf("commit %d: claim %d %s: %w", c.Seq, i, verb, err)
		}
		seen[id] = true
		e.add(claimIRI(id), pred, quad.String(reason), label)
		return nil
	}
	for i, r := range c.Retractions {
		if err := add(predRetract, "retracted", i, r.Claim, r.Reason); err != nil {
			return err
		}
	}
	for i, r := range c.Reinstatements {
		if err := add(predReinstate, "reinstated", i, r.Claim, r.Reason); err != nil {
			return err
		}
	}
	return nil
}

// IsHex reports whether a digest or a hash has the form of those in a seal, or is empty.
func IsHex(s string) bool { return strings.Trim(s, "0123456789abcdef") == "" }

func claimIRI(id graph.ClaimID) quad.IRI { return quad.IRI(ClaimPrefix + id.String()) }

func (e *Encoder) claim(c *graph.Claim, id graph.ClaimID) error {
	if err := graph.CheckID(c.Subject); err != nil {
		return fmt.Errorf("subject: %w", err)
	}
	if err := checkName(c.Predicate); err != nil {
		return fmt.Errorf("predicate: %w", err)
	}
	object, err := encodeValue(c.Value)
	if err != nil {
		return fmt.Errorf("%s of %s: %w", c.Predicate, c.Subject, err)
	}
	e.meta, err = appendMeta(e.meta[:0], c)
	if err != nil {
		return fmt.Errorf("%s of %s: %w", c.Predicate, c.Subject, err)
	}
	if c.Subject != e.of || e.subject == nil {
		e.of, e.subject = c.Subject, quad.IRI(entityPrefix+string(c.Subject))
	}
	field := e.fields[c.Predicate]
	if field == nil {
		field = quad.IRI(FieldPrefix + c.Predicate)
		e.fields[c.Predicate] = field
	}
	var label quad.Value = claimIRI(id)
	e.add(e.subject, field, object, label)
	e.add(label, quad.IRI(predMeta), quad.String(e.meta), label)
	for i, old := range c.Supersedes {
		for _, other := range c.Supersedes[:i] {
			if other == old {
				return graph.Errorf(graph.Duplicate, "claim %s is superseded twice by %s", old, id)
			}
		}
		e.add(label, quad.IRI(predSupersede), claimIRI(old), label)
	}
	return nil
}

// checkName refuses a text that is not a name in GraphQL, because it becomes part of an address.
func checkName(s string) error {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c != '_' && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (i == 0 || c < '0' || c > '9') {
			return graph.Errorf(graph.BadInput, "%q is not a name: names have ASCII letters, digits and _ only", s)
		}
	}
	if s == "" {
		return graph.Errorf(graph.BadInput, "a name is missing")
	}
	return nil
}

// encodeValue encodes each kind of value as another kind of literal.
func encodeValue(v graph.Value) (quad.Value, error) {
	typed := func(iri string) (quad.Value, error) {
		return quad.TypedString{Value: quad.String(v.String()), Type: quad.IRI(iri)}, nil
	}
	if !utf8.ValidString(v.Text()) {
		return nil, graph.Errorf(graph.BadInput, "the value %q is not valid UTF-8", v.Text())
	}
	switch v.Kind() {
	case graph.EntityKind:
		return quad.IRI(entityPrefix + string(v.Entity())), graph.CheckID(v.Entity())
	case graph.StringKind:
		return quad.String(v.Text()), nil
	case graph.EnumKind:
		return typed(typeEnum)
	case graph.IntKind:
		return quad.Int(v.Int()), nil
	case graph.FloatKind:
		return quad.Float(v.Float()), checkFinite(v.Float())
	case graph.BoolKind:
		return quad.Bool(v.Bool()), nil
	case graph.DateKind:
		if d, err := graph.ParseDate(v.String()); err != nil || d != v.Date() || !d.Known() {
			return nil, graph.Errorf(graph.BadInput, "%q is not a date that can be read back", v)
		}
		return typed(typeDate)
	case graph.QuantityKind:
		if err := checkFinite(v.Float()); err != nil {
			return nil, err
		}
		return typed(typeQuantity)
	case graph.CoordinatesKind:
		lat, lon := v.LatLon()
		if err := checkFinite(lat + lon); err != nil {
			return nil, err
		}
		return typed(typeCoordinates)
	case graph.NoneKind:
		return typed(typeNone)
	case graph.RangeKind:
		return typed(typeRange)
	}
	return nil, graph.Errorf(graph.BadInput, "a value is missing")
}

func checkFinite(f float64) error {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return graph.Errorf(graph.BadInput, "%v is not a finite number", f)
	}
	return nil
}
