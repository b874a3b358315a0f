package codec

import (
	"context"
	"fmt"
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

// Find finds the entities that cells of a table name.
type Find interface {
	// Key returns the entity that has the value of a key, such as iso2, or "" if no entity has it.
	Key(ctx context.Context, key, value string) (graph.ID, error)
	// Named returns the entity that a text names, or "" if a person decided that the text names none. The error
	// is an *Unknown if no entity has a similar name, and another error if it is not certain which entity is
	// meant.
	Named(ctx context.Context, n Named) (graph.ID, error)
}

// Named is a text in a row that names an entity.
type Named struct {
	// Text is an id, a code or a name. Types are the types that the entity may have. In, if not empty, is an
	// entity with which it is linked.
	Text  string
	Types []string
	In    graph.ID
	// Optional is true if the mapping has an alternative for a text that names nothing.
	Optional bool
	At       graph.Position
}

// Unknown is the error for a name or a code that no entity has.
type Unknown struct{ Message string }

func (u *Unknown) Error() string { return u.Message }

// record is the row that a mapping reads: a *table.Row, or a subject in a document of RDF.
type record interface {
	Values(column string) []string
	Names() []string
	Position(column string) graph.Position
}

// Format returns the format of the tables and RDF documents that the mapping reads. It finds entities with find. If
// find is nil, a mapping that must find entities is refused.
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
		if t.areas > 0 {
			notice := fmt.Sprintf("rows whose geometry is left out: %d, the first a %s; only points and lines have %s", t.areas, t.firstKind, strings.Join(table.GeometryColumns, ", "))
			if err := emit(graph.Op{Kind: graph.Notice, Position: t.firstArea, Notice: notice}); err != nil {
				return err
			}
		}
		return t.Err()
	}}
}

// declare emits the entities of the mapping itself.
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

// NewCopy begins a copy that the mapping can read, for rows of files like the named one.
func (m *Mapping) NewCopy(w io.Writer, name string) (*table.Copy, error) {
	return table.NewCopy(w, name, m.file)
}

// Copy copies the rows of a file for which keep returns true. It cannot copy RDF, and then ok is false.
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
	}, func(graph.Problem) {}) // the faults are known already
	return true, err
}

// tableEndings lists the extensions of the files that a mapping reads.
var tableEndings = []string{".csv", ".tsv", ".tab", ".xlsx", ".xlsm", ".json", ".jsonl", ".ndjson", ".geojson", ".nt", ".nq", ".ttl", ".trig", ".jsonld"}

// mapped reads one table or one document of RDF.
type mapped struct {
	seedDecoder
	*Mapping
	find  Find
	nodes [][]yaml.Node // what forget drops; used of them
	used  int

	// areas counts the rows with a geometry that has no columns.
	areas, lastArea int
	firstArea       graph.Position
	firstKind       string // of the geometry there

	stopped error // the error with which emit ended the reading

	optional bool // the mapping has an alternative if nothing is found

	rec    record
	over   map[string]string   // the columns that wide and each add or replace, with their cells
	lets   map[string][]string // the values of let that are known for this row
	fits   bool                // a column has matched wide
	faulty map[string]bool     // the faults that are reported for this row
}

// The constants name columns that every row has.
const (
	rowNumber  = "#"     // the number of the row
	fileColumn = "@file" // the name of the file, without its folder
	partColumn = "value" // the cell of the column that became a row by wide, or one of the values that each separates
)

// cell returns the values of a column in the row.
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
			optional := t.optional // optional belongs to the text that contains the column, and not to the text of let
			values, _, err = let.values(t)
			if t.optional = optional; err != nil {
				return nil, err
			}
			t.lets[column] = values
		}
		return slices.Clone(values), nil
	}
	values := t.rec.Values(t.iriOf(column))
	if len(values) == 0 && slices.Contains(table.GeometryColumns, column) {
		t.area()
	}
	return values, nil
}

// area counts a row whose geometry is neither points nor lines.
func (t *mapped) area() {
	row, ok := t.rec.(*table.Row)
	if !ok || row.Number == t.lastArea {
		return
	}
	kind := row.OtherGeometry()
	if kind == "" {
		return
	}
	if t.areas == 0 {
		t.firstArea, t.firstKind = row.Position(""), graph.Clip(kind)
	}
	t.areas, t.lastArea = t.areas+1, row.Number
}

// record emits the claims of a record. It returns false if the reading must end.
func (t *mapped) record(rec record) bool {
	t.row, t.rec, t.over, t.faulty = rec.Position("").Row, rec, nil, nil
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
	t.forget()
	if !t.fits && t.states() {
		t.Add(graph.Position{File: t.name, Line: 1}, graph.BadInput, "no column fits %s, by which the mapping takes columns for rows (wide)", t.wide)
		return false
	}
	return true
}

// members emits the claims of the row, or of each row into which the mapping divides it.
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
	t.forget()
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

// states reports whether the row meets the condition of the mapping.
func (t *mapped) states() bool { return t.condition == nil || t.expand(t.condition) != nil }

// state emits the claims of one row. It returns false if the reading must end.
func (t *mapped) state() bool {
	t.forget()
	if !t.states() {
		return true
	}
	base := graph.Claim{}
	defaults := t.expand(t.defaults)
	if defaults == nil {
		defaults = t.node(yaml.MappingNode)
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

// locator returns the locator of the row or subject in its source.
func (t *mapped) locator() string {
	if s, ok := t.rec.(*described); ok {
		return s.values[subjectColumn][0]
	}
	return "row " + strconv.Itoa(t.row)
}

func (t *mapped) scalarNode(text, column string) *yaml.Node {
	at := t.rec.Position(column)
	n := t.node(yaml.ScalarNode)
	n.Tag, n.Value, n.Line, n.Column = "!!str", text, at.Line, at.Column
	return n
}

// fault reports a fault in a column, once for each row.
func (t *mapped) fault(column, place string, err error) {
	key := place + "\x00" + err.Error()
	if t.faulty[key] {
		return
	}
	if t.faulty == nil {
		t.faulty = map[string]bool{}
	}
	t.faulty[key] = true
	at := t.rec.Position(column)
	at.Path = place
	t.Add(at, codeOf(err), "%v", err)
}

// values returns the values of a template for the row, and the column of its first cell. If it reports a fault,
// there are no values.
func (t *mapped) values(n *yaml.Node) ([]string, string) {
	values, column, err := t.templates[n].values(t)
	if err != nil {
		t.fault(column, n.Value, err)
		return nil, column
	}
	return values, column
}

// expandScalar is expand for a text: a list of texts if there are several.
func (t *mapped) expandScalar(n *yaml.Node) *yaml.Node {
	values, column := t.values(n)
	switch len(values) {
	case 0:
		return nil
	case 1:
		return t.scalarNode(values[0], column)
	}
	out := t.node(yaml.SequenceNode)
	out.Line = t.rec.Position("").Line
	for _, v := range values {
		out.Content = append(out.Content, t.scalarNode(v, column))
	}
	return out
}

// node returns an empty node, which is valid until forget is called.
func (t *mapped) node(kind yaml.Kind) *yaml.Node {
	const part = 64
	if t.used == len(t.nodes)*part {
		t.nodes = append(t.nodes, make([]yaml.Node, part))
	}
	n := &t.nodes[t.used/part][t.used%part]
	t.used++
	*n = yaml.Node{Kind: kind, Content: n.Content[:0]}
	return n
}

// forget drops the nodes and the values of let of the row before.
func (t *mapped) forget() {
	if t.used = 0; len(t.nodes) > mostNodes {
		t.nodes = nil
	}
	if t.lets == nil || len(t.lets) > 0 {
		t.lets = map[string][]string{}
	}
}

// mostNodes bounds the parts that are kept, as one long row may need many.
const mostNodes = 64

// expand returns a part of the mapping with the cells of the row inserted, or nil if the result is empty. Empty
// parts are left out, and so is a claim whose value is empty.
func (t *mapped) expand(n *yaml.Node) *yaml.Node {
	if n == nil {
		return nil
	}
	if n.Kind == yaml.ScalarNode {
		return t.expandScalar(n)
	}
	out := t.node(n.Kind)
	out.Line = t.rec.Position("").Line
	switch n.Kind {
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

// conditionKey is the key of the condition under which an entity or a claim is stated.
const conditionKey = "if"

// expandMapping does the work of expand for a YAML mapping. If the value of a claim is a list, each item
// becomes a claim.
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
	list := t.node(yaml.SequenceNode)
	list.Line = out.Line
	for _, v := range several.Content {
		one := *out
		one.Content = slices.Clone(out.Content)
		one.Content[at] = v
		list.Content = append(list.Content, &one)
	}
	return list
}

// nothing reports whether the cell counts as empty.
func (t *mapped) nothing(cell string) bool { return cell == "" || t.empty[cell] }

// trimmed returns a text without spaces at its ends, including non-breaking ones.
func trimmed(text string) string { return strings.Trim(strings.TrimSpace(text), "\u00a0\u202f\u2007") }
