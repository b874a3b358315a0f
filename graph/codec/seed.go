package codec

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"github.com/caspian-kg/caspian/graph"
)

// Seed is the format of the files in seeds/, which people write and review:
//
//	defaults: {source: article, confidence: 0.8}   # for every claim of the file
//	entities:
//	  KAZ:                          # an id
//	    type: Country               # needed once for each entity, in any file
//	    _: {at: "p9"}               # for every claim of this entity
//	    name: Kazakhstan            # a value: claim with the defaults
//	    capital: {to: astana, valid: 1997-12-10/.., confidence: 0.95}
//	    borders:                    # several claims
//	      - {to: CHN, lengthKm: 1765}
//	    memberOf:
//	      - _: {at: "p4", role: MEMBER}   # for every claim of this list
//	      - un
//	      - {to: sco, role: OBSERVER}
//
// A claim written as a mapping has to (an entity), value (a literal) or none: true (there is nothing), and
// may have valid (an EDTF interval), source, at (the locator), confidence,
// rank, attribution, attributedTo, original, conflict, note, supersedes; every
// other key is a qualifier. A plain scalar is an entity or a literal, as the
// ontology wants. A quantity is written 3 bcm, a point 48,68.
var Seed = &Format{
	Name:       "seed",
	About:      "YAML for people: entities with their claims",
	Extensions: []string{".yaml", ".yml"},
	Decode:     decodeSeed,
	Encode:     encodeSeed,
}

// maxSeedFile is the most bytes of a YAML document, which is read into memory as a whole.
const maxSeedFile = 64 << 20

func decodeSeed(ctx context.Context, name string, r io.Reader, emit Emit) error {
	text, err := io.ReadAll(io.LimitReader(r, maxSeedFile+1))
	if err != nil {
		return fmt.Errorf("reading %s: %w", name, err)
	}
	d := &seedDecoder{ctx: ctx, name: name, emit: emit}
	if len(text) > maxSeedFile {
		d.Add(graph.Position{File: name}, graph.BadInput, "the file has more than %d MB; split it", maxSeedFile>>20)
		return d.Err()
	}
	if line, ok := invalidUTF8(text); !ok {
		d.Add(graph.Position{File: name, Line: line}, graph.BadInput, "the line is not valid UTF-8")
		return d.Err()
	}
	var doc, more yaml.Node
	dec := yaml.NewDecoder(bytes.NewReader(text))
	if err := dec.Decode(&doc); err != nil {
		if errors.Is(err, io.EOF) {
			return nil // an empty file states nothing
		}
		d.notYAML(err)
		return d.Err()
	}
	switch err := dec.Decode(&more); {
	case err == nil:
		d.Add(d.at(&more, ""), graph.BadInput, "a second document begins here; a seed file is one")
		return d.Err()
	case !errors.Is(err, io.EOF):
		d.notYAML(err)
		return d.Err()
	}
	if len(doc.Content) == 0 || doc.Content[0].Tag == "!!null" {
		return nil // as in a file with only comments
	}
	d.plain(doc.Content[0])
	if len(d.list) > 0 {
		return d.Err() // aliases and tags are reported, and make the meaning of the rest uncertain
	}
	if err := d.document(doc.Content[0]); err != nil {
		return err
	}
	return d.Err()
}

// invalidUTF8 returns the line of the first byte that is not UTF-8. ok is false if all bytes are.
func invalidUTF8(text []byte) (line int, ok bool) {
	if utf8.Valid(text) {
		return 0, true
	}
	line = 1
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		if r == utf8.RuneError && n == 1 {
			break
		}
		if r == '\n' {
			line++
		}
		text = text[n:]
	}
	return line, false
}

// plain reports anchors, aliases and tags, which would change the meaning of a text in YAML.
func (d *seedDecoder) plain(n *yaml.Node) {
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		d.Add(d.at(n, ""), graph.BadInput, "anchors and aliases are not part of the seed format; write the value out")
	case n.Style&yaml.TaggedStyle != 0:
		d.Add(d.at(n, ""), graph.BadInput, "the tag %s is not part of the seed format; every value is read as text", graph.Clip(n.Tag))
	}
	for _, c := range n.Content {
		d.plain(c)
	}
}

// notYAML reports why a text is not YAML.
func (d *seedDecoder) notYAML(err error) {
	at, message := graph.Position{File: d.name, Line: 1}, err.Error()
	var fault *yaml.LoadError
	if errors.As(err, &fault) {
		at.Line, message = max(1, fault.Mark.Line), fault.Message
	}
	d.Add(at, graph.BadInput, "not well-formed YAML: %s", message)
}

type seedDecoder struct {
	Faults
	ctx  context.Context
	name string
	emit Emit
	row  int // the row of a table, if a mapping made the nodes; else 0
}

func (d *seedDecoder) at(n *yaml.Node, path string) graph.Position {
	at := graph.Position{File: d.name, Line: n.Line, Path: path}
	if d.row > 0 {
		at.Row, at.Column = d.row, n.Column
	}
	return at
}

// pairs calls fn for each pair of a mapping. It reports keys that are not plain text or occur twice.
func (d *seedDecoder) pairs(n *yaml.Node, path string, fn func(key *yaml.Node, v *yaml.Node) error) error {
	if n.Kind != yaml.MappingNode {
		d.Add(d.at(n, path), graph.BadInput, "a mapping (key: value) is expected here, not %s", nodeKind(n))
		return nil
	}
	seen := make(map[string]int, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		if k.Kind != yaml.ScalarNode {
			d.Add(d.at(k, path), graph.BadInput, "a key must be plain text, not %s", nodeKind(k))
			continue
		}
		if first, twice := seen[k.Value]; twice {
			d.Add(d.at(k, path), graph.Duplicate, "%q is given twice (first on line %d)", graph.Clip(k.Value), first)
			continue
		}
		seen[k.Value] = k.Line
		if err := fn(k, v); err != nil {
			return err
		}
	}
	return nil
}

func nodeKind(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	case yaml.AliasNode:
		return "an alias"
	}
	return "a single value"
}

func (d *seedDecoder) document(root *yaml.Node) error {
	var base graph.Claim
	base.Confidence = 1
	if v := under(root, "defaults"); v != nil {
		d.metas(v, "defaults", &base) // read first, wherever they are in the file
	}
	return d.pairs(root, "", func(k, v *yaml.Node) error {
		switch k.Value {
		case "defaults":
			return nil
		case "entities":
			return d.pairs(v, "entities", func(id, body *yaml.Node) error {
				if err := d.ctx.Err(); err != nil {
					return err
				}
				return d.entity(id, body, base)
			})
		case "retract", "reinstate":
			return d.lapses(k.Value, v)
		case "merge":
			return d.merges(v)
		}
		d.Add(d.at(k, ""), graph.BadInput, "unknown part %q; a seed file has defaults, entities, retract, reinstate and merge", graph.Clip(k.Value))
		return nil
	})
}

// under returns the value of a key of a YAML mapping, or nil.
func under(n *yaml.Node, key string) *yaml.Node {
	if n.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == key && n.Content[i].Kind == yaml.ScalarNode {
				return n.Content[i+1]
			}
		}
	}
	return nil
}

func (d *seedDecoder) entity(id, body *yaml.Node, base graph.Claim) error {
	base.Subject = graph.ID(id.Value)
	name := graph.Clip(id.Value)
	if v := under(body, "_"); v != nil {
		d.metas(v, name, &base)
	}
	return d.pairs(body, name, func(k, v *yaml.Node) error {
		path := name + "." + graph.Clip(k.Value)
		switch k.Value {
		case "_":
			return nil
		case "type":
			typ, ok := d.text(v, path)
			if !ok {
				return nil
			}
			return d.emit(graph.Op{Kind: graph.Declare, Position: d.at(v, name), Entity: graph.Entity{ID: base.Subject, Type: typ}})
		}
		base := base
		base.Predicate = k.Value
		if v.Kind != yaml.SequenceNode {
			return d.claim(v, path, base)
		}
		_, defaultsOnly := listDefaults(first(v))
		if len(v.Content) == 0 || len(v.Content) == 1 && defaultsOnly {
			d.Add(d.at(v, path), graph.BadInput, "the list states nothing; leave the field out")
		}
		for i, item := range v.Content {
			if rest, ok := listDefaults(item); ok && i == 0 {
				d.listDefaults(rest, path, &base)
				continue
			}
			if err := d.claim(item, fmt.Sprintf("%s[%d]", path, i), base); err != nil {
				return err
			}
		}
		return nil
	})
}

// first returns the first item of a list, or an empty node if there is none.
func first(list *yaml.Node) *yaml.Node {
	if len(list.Content) == 0 {
		return &yaml.Node{}
	}
	return list.Content[0]
}

// listDefaults returns the value of _ if it is the only key of an item in a list.
func listDefaults(n *yaml.Node) (*yaml.Node, bool) {
	if n.Kind == yaml.MappingNode && len(n.Content) == 2 && n.Content[0].Value == "_" {
		return n.Content[1], true
	}
	return nil, false
}

// listDefaults reads the defaults of all claims in a list, including qualifiers.
func (d *seedDecoder) listDefaults(n *yaml.Node, path string, c *graph.Claim) {
	_ = d.pairs(n, path, func(k, v *yaml.Node) error {
		switch {
		case k.Value == "to" || k.Value == "value" || k.Value == "supersedes":
			d.Add(d.at(k, path), graph.BadInput, "%q cannot be a default; each claim of the list has its own", k.Value)
		case !d.meta(k, v, path, c):
			c.Qualifiers = append(c.Qualifiers, graph.QualifierValue{Name: k.Value, Value: d.scalar(v, path+"."+graph.Clip(k.Value))})
		}
		return nil
	})
}

func (d *seedDecoder) claim(n *yaml.Node, path string, c graph.Claim) error {
	before := len(d.list) + d.more
	c.Qualifiers = slices.Clone(c.Qualifiers) // a copy of the list's qualifiers, which the claim may override
	switch n.Kind {
	case yaml.ScalarNode:
		c.Value = d.scalar(n, path)
	case yaml.MappingNode:
		d.claimBody(n, path, &c)
	default:
		d.Add(d.at(n, path), graph.BadInput, "a claim is a value or a mapping, not %s", nodeKind(n))
	}
	if len(d.list)+d.more > before {
		return nil
	}
	return d.emit(graph.Op{Kind: graph.Assert, Claim: c, Position: d.at(n, path)})
}

func (d *seedDecoder) scalar(n *yaml.Node, path string) graph.Value {
	text, _ := d.text(n, path)
	return graph.LooseValue(text)
}

// text returns the text of a scalar node. For any other node it reports a fault and returns false.
func (d *seedDecoder) text(n *yaml.Node, path string) (string, bool) {
	switch {
	case n.Kind != yaml.ScalarNode:
		d.Add(d.at(n, path), graph.BadInput, "one value is expected here, not %s", nodeKind(n))
	case n.Tag == "!!null":
		d.Add(d.at(n, path), graph.BadInput, "the value is missing; leave out what is not known")
	default:
		return n.Value, true
	}
	return "", false
}

func (d *seedDecoder) claimBody(n *yaml.Node, path string, c *graph.Claim) {
	relation := false
	for i := 0; i+1 < len(n.Content); i += 2 {
		relation = relation || n.Content[i].Value == "to"
	}
	found := false
	_ = d.pairs(n, path, func(k, v *yaml.Node) error {
		switch {
		case k.Value == "to":
			c.Value, found = graph.EntityValue(graph.ID(d.scalar(v, path).Text())), true
		case k.Value == "value" && !relation:
			c.Value, found = d.scalar(v, path), true
		case k.Value == "none":
			if text, _ := d.text(v, path); text != "true" {
				d.Add(d.at(v, path), graph.BadInput, "none is true or left out")
			}
			c.Value, found = graph.NoneValue(), true
		case d.meta(k, v, path, c):
		default:
			q := graph.QualifierValue{Name: k.Value, Value: d.scalar(v, path+"."+graph.Clip(k.Value))}
			if i := slices.IndexFunc(c.Qualifiers, func(have graph.QualifierValue) bool { return have.Name == q.Name }); i >= 0 {
				c.Qualifiers[i] = q
			} else {
				c.Qualifiers = append(c.Qualifiers, q)
			}
		}
		return nil
	})
	if !found {
		d.Add(d.at(n, path), graph.BadInput, "the claim has neither to (an entity) nor value (a literal), nor none: true")
	}
}

func (d *seedDecoder) metas(n *yaml.Node, path string, c *graph.Claim) {
	_ = d.pairs(n, path, func(k, v *yaml.Node) error {
		if k.Value == "supersedes" || !d.meta(k, v, path, c) {
			d.Add(d.at(k, path), graph.BadInput, "%q cannot be a default; defaults are source, at, confidence, rank, attribution, attributedTo, valid, original, conflict, note", graph.Clip(k.Value))
		}
		return nil
	})
}

// meta reads a key about a claim, such as its source or its valid time. It returns false for other keys.
func (d *seedDecoder) meta(k, v *yaml.Node, path string, c *graph.Claim) bool {
	set, known := claimMeta[k.Value]
	if !known {
		return false
	}
	if k.Value == "supersedes" && v.Kind == yaml.SequenceNode {
		for _, item := range v.Content {
			d.setMeta(set, item, path, c)
		}
		return true
	}
	d.setMeta(set, v, path, c)
	return true
}

func (d *seedDecoder) setMeta(set func(*graph.Claim, string) error, v *yaml.Node, path string, c *graph.Claim) {
	text, ok := d.text(v, path)
	if !ok {
		return
	}
	if err := set(c, text); err != nil {
		d.Add(d.at(v, path), codeOf(err), "%v", err)
	}
}

func codeOf(err error) graph.Code {
	var ge *graph.Error
	var unknown *Unknown
	switch {
	case errors.As(err, &ge):
		return ge.Code
	case errors.As(err, &unknown):
		return graph.UnknownID
	}
	return graph.BadInput
}

// claimMeta maps each key that describes a claim, in the text formats, to the function that sets it. Values and
// qualifiers are not among them.
var claimMeta = map[string]func(*graph.Claim, string) error{
	"source": func(c *graph.Claim, s string) error { c.Source = graph.ID(s); return nil },
	"at":     func(c *graph.Claim, s string) error { c.Locator = s; return nil },
	"valid": func(c *graph.Claim, s string) (err error) {
		c.Valid, err = graph.ParseInterval(s)
		return err
	},
	"confidence": func(c *graph.Claim, s string) error {
		v, err := graph.ParseValue(graph.FloatKind, s)
		c.Confidence = v.Float()
		return err
	},
	"rank":         func(c *graph.Claim, s string) (err error) { c.Rank, err = graph.ParseRank(s); return err },
	"attribution":  func(c *graph.Claim, s string) (err error) { c.Attribution, err = graph.ParseAttribution(s); return err },
	"attributedTo": func(c *graph.Claim, s string) error { c.AttributedTo = s; return nil },
	"original":     func(c *graph.Claim, s string) error { c.Original = s; return nil },
	"conflict":     func(c *graph.Claim, s string) error { c.Conflict = s; return nil },
	"note":         func(c *graph.Claim, s string) error { c.Note = s; return nil },
	"supersedes": func(c *graph.Claim, s string) error {
		id, err := graph.ParseClaimID(s)
		c.Supersedes = append(c.Supersedes, id)
		return err
	},
}
