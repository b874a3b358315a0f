package codec

import (
	"context"
	"io"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/table"
)

// Find finds the entities that cells name.
type Find interface {
	// Key returns the entity that has the value of a key, such as iso2; "" where none has.
	Key(ctx context.Context, key, value string) (graph.ID, error)
	// Named returns the entity that a text means; "" where a person decided that it means none. The error is an
	// *Unknown where nothing is like the text, and another where it is not sure what is meant.
	Named(ctx context.Context, n Named) (graph.ID, error)
}

// Named is a text of a row that is to name an entity.
type Named struct {
	// Text is an id, a code or a name, Types are the types that the entity may have, and In, if not empty, is an
	// entity with which it is linked.
	Text  string
	Types []string
	In    graph.ID
	// Optional is true if the mapping says what else to do about a text that names nothing.
	Optional bool
	At       graph.Position
}

// Unknown is the fault that nothing has a name or a code.
type Unknown struct{ Message string }

func (u *Unknown) Error() string { return u.Message }

// record is a row as a mapping sees it: a *table.Row, or a subject of RDF.
type record interface {
	Values(column string) []string
	Names() []string
	Position(column string) graph.Position
}

// Format is the format of the tables and documents of RDF that the mapping reads. Entities are looked up by find, which may
// be nil: then a mapping that needs it is refused.
func (m *Mapping) Format(find Find) *Format {
	return &Format{Name: "table", About: "tables and RDF, by a mapping", Extensions: tableEndings, Once: m.declare, Decode: func(ctx context.Context, name string, r io.Reader, emit Emit) error {
		t := &mapped{Mapping: m, find: find}
		t.seedDecoder = seedDecoder{ctx: ctx, name: name, emit: emit}
		var err error
		if syntax, ok := syntaxOf(name); ok {
			err = t.document(name, r, syntax)
		} else {
			err = table.Read(ctx, name, r, m.file, func(row *table.Row) bool { return t.record(row) }, t.Report)
		}
		if t.stopped != nil {
			return t.stopped
		}
		if err != nil {
			return err
		}
		return t.Err()
	}}
}

// declare states the entities of the mapping itself.
func (m *Mapping) declare(ctx context.Context, emit Emit) error {
	if m.entities == nil {
		return nil
	}
	d := &seedDecoder{ctx: ctx, name: m.from, emit: emit}
	declared := graph.Claim{Confidence: 1}
	if err := d.pairs(m.entities, "entities", func(id, body *yaml.Node) error { return d.entity(id, body, declared) }); err != nil {
		return err
	}
	return d.Err()
}

// NewCopy begins a file that the mapping reads, for rows of files like the named one.
func (m *Mapping) NewCopy(w io.Writer, name string) (*table.Copy, error) {
	return table.NewCopy(w, name, m.file)
}

// Copy copies those rows of a file that keep has. RDF is not copied: ok is false.
func (m *Mapping) Copy(ctx context.Context, name string, r io.Reader, keep func(row int) bool, out *table.Copy) (ok bool, err error) {
	if IsRDF(name) {
		return false, nil
	}
	as := m.file
	as.Uneven = true
	err = table.Read(ctx, name, r, as, func(row *table.Row) bool {
		if keep(row.Number) {
			out.Row(row)
		}
		return true
	}, func(graph.Problem) {}) // they are known
	return true, err
}

// tableEndings are the endings of the files that a mapping reads.
var tableEndings = []string{".csv", ".tsv", ".tab", ".xlsx", ".xlsm", ".json", ".jsonl", ".ndjson", ".geojson", ".nt", ".nq", ".ttl", ".trig"}

// mapped is a table, or a document of RDF, while it is read.
type mapped struct {
	seedDecoder
	*Mapping
	find    Find
	stopped error // by which emit ended the reading

	optional bool // another text of the mapping serves if nothing is found

	rec    record
	over   map[string]string   // the cells that wide and each put in the place of others
	lets   map[string][]string // what is known of let
	fits   bool                // a column fits wide
	faulty map[string]bool     // faults of the row
}

// Columns that every row has.
const (
	rowNumber  = "#"     // the number of the row
	fileColumn = "@file" // the name of the file, without its folder
	partColumn = "value" // the cell of a column that wide makes a row of, or the value that each does
)

// cell has the values of a column for the row.
func (t *mapped) cell(column string) ([]string, error) {
	if text, ok := t.over[column]; ok {
		return []string{text}, nil
	}
	switch column {
	case rowNumber:
		return []string{strconv.Itoa(t.row)}, nil
	case fileColumn:
		return []string{path.Base(t.name)}, nil
	}
	if let, ok := t.let[column]; ok {
		values, known := t.lets[column]
		if !known {
			var err error
			optional := t.optional // of the text that has the column, not of the one it stands for
			values, _, err = let.values(t)
			if t.optional = optional; err != nil {
				return nil, err
			}
			t.lets[column] = values
		}
		return slices.Clone(values), nil
	}
	return t.rec.Values(t.iriOf(column)), nil
}

// record states what the mapping makes of a record; false ends the reading.
func (t *mapped) record(rec record) bool {
	t.row, t.rec, t.over, t.faulty = rec.Position("").Row, rec, nil, map[string]bool{}
	if row, ok := rec.(*table.Row); ok && slices.ContainsFunc(row.Cells, func(c string) bool { return !utf8.ValidString(c) }) {
		t.Add(rec.Position(""), graph.BadInput, "the row is not valid UTF-8; the mapping's file can name its encoding")
		return true
	}
	if t.wide == nil {
		return t.members()
	}
	groups := t.wide.SubexpNames()
	for _, column := range rec.Names() {
		found := t.wide.FindStringSubmatch(column)
		if found == nil {
			continue
		}
		t.fits = true
		values := rec.Values(column)
		if len(values) == 0 || t.nothing(values[0]) {
			continue
		}
		t.over = map[string]string{partColumn: values[0]}
		for i, group := range groups[1:] {
			t.over[group] = found[i+1]
		}
		if !t.members() {
			return false
		}
	}
	t.lets = map[string][]string{}
	if !t.fits && t.states() {
		t.Add(graph.Position{File: t.name, Line: 1}, graph.BadInput, "no column fits %s, by which the mapping takes columns for rows (wide)", t.wide)
		return false
	}
	return true
}

// members states the row, or each row that the mapping makes of it.
func (t *mapped) members() bool {
	if t.each == nil {
		return t.state()
	}
	whole, over := t.rec, t.over
	if row, ok := whole.(*table.Row); ok && len(t.each.filters) == 0 {
		members := row.Members(t.each.column)
		for _, one := range members {
			if t.rec = one; !t.state() {
				return false
			}
		}
		if members != nil {
			return true
		}
	}
	t.lets = map[string][]string{}
	values, err := t.each.values(t)
	if err != nil {
		t.fault(t.each.column, "each", err)
	}
	for _, v := range values {
		t.over = map[string]string{}
		maps.Copy(t.over, over)
		t.over[partColumn] = v
		if !t.state() {
			return false
		}
	}
	return true
}

// states reports whether the row at hand states anything.
func (t *mapped) states() bool { return t.condition == nil || t.expand(t.condition) != nil }

// state states what the mapping makes of the row at hand; false ends the reading.
func (t *mapped) state() bool {
	t.lets = map[string][]string{}
	if !t.states() {
		return true
	}
	base := graph.Claim{}
	defaults := t.expand(t.defaults)
	if defaults == nil {
		defaults = &yaml.Node{Kind: yaml.MappingNode}
	}
	for _, std := range [][2]string{{"confidence", mappingConfidence}, {"at", t.locator()}} {
		if under(defaults, std[0]) == nil {
			defaults.Content = append(defaults.Content, t.scalarNode(std[0], ""), t.scalarNode(std[1], ""))
		}
	}
	t.metas(defaults, "defaults", &base)
	for i := 0; i+1 < len(t.rows.Content); i += 2 {
		ids, column := t.values(t.rows.Content[i])
		if len(ids) == 0 {
			continue
		}
		body := t.expand(t.rows.Content[i+1])
		if body == nil {
			continue
		}
		for _, id := range ids {
			if err := graph.CheckID(graph.ID(id)); err != nil {
				t.fault(column, "", err)
				continue
			}
			if err := t.entity(t.scalarNode(id, column), body, base); err != nil {
				t.stopped = err
				return false
			}
		}
	}
	return true
}

// locator is where the row or subject is found in its source.
func (t *mapped) locator() string {
	if s, ok := t.rec.(*described); ok {
		return s.values[subjectColumn][0]
	}
	return "row " + strconv.Itoa(t.row)
}

func (t *mapped) scalarNode(text, column string) *yaml.Node {
	at := t.rec.Position(column)
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text, Line: at.Line, Column: at.Column}
}

// fault reports a fault in a column of the row, once for the row.
func (t *mapped) fault(column, place string, err error) {
	key := place + "\x00" + err.Error()
	if t.faulty[key] {
		return
	}
	t.faulty[key] = true
	at := t.rec.Position(column)
	at.Path = place
	t.Add(at, codeOf(err), "%v", err)
}

// values is what a template makes of the row, and the column of its first cell; a fault counts as nothing.
func (t *mapped) values(n *yaml.Node) ([]string, string) {
	values, column, err := t.templates[n].values(t)
	if err != nil {
		t.fault(column, n.Value, err)
		return nil, column
	}
	return values, column
}

// expand is a part of the mapping with the cells of the row in it; nil where nothing is left.
// What is empty is left out, and with the value of a claim the claim.
func (t *mapped) expand(n *yaml.Node) *yaml.Node {
	if n == nil {
		return nil
	}
	out := &yaml.Node{Kind: n.Kind, Line: t.rec.Position("").Line}
	switch n.Kind {
	case yaml.ScalarNode:
		values, column := t.values(n)
		if len(values) < 2 {
			if len(values) == 0 {
				return nil
			}
			return t.scalarNode(values[0], column)
		}
		out.Kind = yaml.SequenceNode
		for _, v := range values {
			out.Content = append(out.Content, t.scalarNode(v, column))
		}
	case yaml.SequenceNode:
		for _, item := range n.Content {
			switch x := t.expand(item); {
			case x == nil:
			case x.Kind == yaml.SequenceNode:
				out.Content = append(out.Content, x.Content...)
			default:
				out.Content = append(out.Content, x)
			}
		}
	default:
		return t.expandMapping(n, out)
	}
	if len(out.Content) == 0 {
		return nil
	}
	return out
}

// condition is the key of an entity or a claim that says when it is stated.
const conditionKey = "if"

// expandMapping is expand for a mapping. A value of several makes as many claims.
func (t *mapped) expandMapping(n, out *yaml.Node) *yaml.Node {
	if condition := under(n, conditionKey); condition != nil && t.expand(condition) == nil {
		return nil
	}
	var several *yaml.Node
	at := 0
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		name := key.Value
		if _, made := t.templates[key]; made {
			names, _ := t.values(key)
			if len(names) == 0 {
				continue
			}
			name = names[0]
		}
		if name == conditionKey {
			continue
		}
		v := t.expand(n.Content[i+1])
		claimed := name == "to" || name == "value"
		switch {
		case v == nil && claimed:
			return nil
		case v == nil:
			continue
		case claimed && v.Kind == yaml.SequenceNode:
			several, at = v, len(out.Content)+1
		}
		if claimed {
			out.Column = v.Column
		}
		out.Content = append(out.Content, t.scalarNode(name, ""), v)
	}
	if len(out.Content) == 0 {
		return nil
	}
	if several == nil {
		return out
	}
	list := &yaml.Node{Kind: yaml.SequenceNode, Line: out.Line}
	for _, v := range several.Content {
		one := *out
		one.Content = slices.Clone(out.Content)
		one.Content[at] = v
		list.Content = append(list.Content, &one)
	}
	return list
}

// nothing reports whether a cell stands for nothing.
func (t *mapped) nothing(cell string) bool { return cell == "" || t.empty[cell] }

// trimmed is a text without white space at its ends, and without the spaces that do not break.
func trimmed(text string) string { return strings.Trim(strings.TrimSpace(text), "\u00a0\u202f\u2007") }
