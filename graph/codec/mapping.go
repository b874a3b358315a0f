package codec

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/caspian-kg/caspian/graph"
)

// Mapping says what the rows of a table mean. It is written as a seed file whose entities have
// places for cells; docs/mapping.md describes it.
type Mapping struct {
	name                     string // of its file
	entities, rows, defaults *yaml.Node
	separator                rune
	base                     string            // of relative IRIs
	prefixes                 map[string]string // of the columns of RDF
	empty                    map[string]bool
	tables                   map[string]map[string]string
	columns                  []string // that templates name
	templates                map[*yaml.Node]template
}

// Find returns the entity that has the value of a key, such as iso2; "" where none has.
type Find func(key, value string) (graph.ID, error)

// mappingConfidence is that of claims for which the mapping gives none: less than what is curated.
const mappingConfidence = "0.7"

// ReadMapping reads a mapping; name is for messages. The error is graph.Problems with every fault.
func ReadMapping(name string, text []byte) (*Mapping, error) {
	d := &mappingReader{seedDecoder: seedDecoder{name: name}, m: &Mapping{name: name, empty: map[string]bool{}, tables: map[string]map[string]string{}, prefixes: map[string]string{}, templates: map[*yaml.Node]template{}}}
	var doc yaml.Node
	if err := yaml.NewDecoder(bytes.NewReader(text)).Decode(&doc); err != nil {
		d.Add(yamlPlace(name, err), graph.BadInput, "%s", yamlMessage(err))
		return nil, d.Err()
	}
	d.plain(doc.Content[0])
	_ = d.pairs(doc.Content[0], "", d.part)
	if d.m.rows == nil && len(d.list) == 0 {
		d.Add(graph.Position{File: name, Line: 1}, graph.BadInput, "the mapping has no rows: what each row of the table states")
	}
	if len(d.list) == 0 {
		_ = d.pairs(d.m.rows, "rows", func(id, body *yaml.Node) error {
			d.compile(id, "rows")
			d.compileMapping(body, "rows."+graph.Clip(id.Value))
			return nil
		})
		if d.m.defaults != nil {
			d.compileMapping(d.m.defaults, "defaults")
		}
	}
	return d.m, d.Err()
}

// mappingReader reads a mapping by the means of a seed file.
type mappingReader struct {
	seedDecoder
	m *Mapping
}

// part reads a part of the mapping.
func (d *mappingReader) part(k, v *yaml.Node) error {
	switch k.Value {
	case "entities":
		d.m.entities = v
	case "rows":
		d.m.rows = v
	case "defaults":
		d.m.defaults = v
	case "separator":
		if sep, ok := d.text(v, k.Value); ok {
			if d.m.separator = []rune(sep + "\x00")[0]; len([]rune(sep)) != 1 {
				d.Add(d.at(v, k.Value), graph.BadInput, "the separator is one character, not %q", graph.Clip(sep))
			}
		}
	case "empty":
		if v.Kind != yaml.SequenceNode {
			d.Add(d.at(v, k.Value), graph.BadInput, "a list of what stands for nothing is expected here, not %s", nodeKind(v))
			return nil
		}
		for _, item := range v.Content {
			if cell, ok := d.text(item, k.Value); ok {
				d.m.empty[cell] = true
			}
		}
	case "base":
		d.m.base, _ = d.text(v, k.Value)
	case "prefixes":
		return d.pairs(v, k.Value, func(prefix, space *yaml.Node) error {
			d.m.prefixes[prefix.Value], _ = d.text(space, k.Value)
			return nil
		})
	case "tables":
		return d.pairs(v, "tables", func(table, entries *yaml.Node) error {
			of := map[string]string{}
			d.m.tables[table.Value] = of
			return d.pairs(entries, "tables."+table.Value, func(from, to *yaml.Node) error {
				of[from.Value], _ = d.text(to, "tables."+table.Value)
				return nil
			})
		})
	default:
		d.Add(d.at(k, ""), graph.BadInput, "unknown part %q; a mapping has entities, defaults, rows, separator, empty, tables, prefixes and base", graph.Clip(k.Value))
	}
	return nil
}

// compile reads the templates below a node.
func (d *mappingReader) compile(n *yaml.Node, path string) {
	switch n.Kind {
	case yaml.ScalarNode:
		t, err := d.m.readTemplate(n.Value)
		if err != nil {
			d.Add(d.at(n, path), graph.BadInput, "%v", err)
		}
		d.m.templates[n] = t
	case yaml.SequenceNode:
		for i, c := range n.Content {
			d.compile(c, fmt.Sprintf("%s[%d]", path, i))
		}
	default:
		d.compileMapping(n, path)
	}
}

func (d *mappingReader) compileMapping(n *yaml.Node, path string) {
	_ = d.pairs(n, path, func(k, v *yaml.Node) error {
		d.compile(v, path+"."+graph.Clip(k.Value))
		return nil
	})
}

// Separator is what is between the cells of a file: what the mapping says, or what the name does.
func (m *Mapping) Separator(name string) rune {
	switch {
	case m.separator != 0:
		return m.separator
	case strings.HasSuffix(strings.ToLower(name), ".tsv"):
		return '\t'
	}
	return ','
}

// Format is the format of the tables and documents of RDF that the mapping reads. Keys are looked up by find, which may
// be nil: then a mapping that needs it is refused.
func (m *Mapping) Format(find Find) *Format {
	return &Format{Name: "table", About: "tables and RDF, by a mapping", Decode: func(ctx context.Context, name string, r io.Reader, emit Emit) error {
		t := &mapped{Mapping: m, Table: Table{Name: name, Give: "the table of the mapping, or correct the mapping", Separator: m.Separator(name)}, find: find}
		t.seedDecoder = seedDecoder{ctx: ctx, name: name, emit: emit}
		if m.entities != nil {
			declared := graph.Claim{Confidence: 1}
			t.seedDecoder.name = m.name
			if err := t.pairs(m.entities, "entities", func(id, body *yaml.Node) error { return t.entity(id, body, declared) }); err != nil {
				return err
			}
			t.seedDecoder.name = name
		}
		var err error
		if syntax, ok := syntaxOf(name); ok {
			err = t.document(name, r, syntax)
		} else {
			err = t.Each(ctx, r, m.columns, t.row)
		}
		if t.stopped != nil {
			return t.stopped
		}
		var form graph.Problems
		if ps, ok := err.(graph.Problems); ok {
			form = ps
		} else if err != nil {
			return err
		}
		t.list = append(t.list, form...)
		return t.Err()
	}}
}

// mapped is a table, or a document of RDF, while it is read.
type mapped struct {
	seedDecoder
	*Mapping
	Table
	find    Find
	stopped error // by which emit ended the reading

	cells   []string   // of the row
	subject *described // of RDF, instead of cells
	number  int        // of the row or subject, from 1
	line    int
}

// cell has the values of a column for the row.
func (t *mapped) cell(column string) []string {
	switch {
	case column == rowNumber:
		return []string{strconv.Itoa(t.number)}
	case t.subject != nil:
		return slices.Clone(t.subject.values[t.iriOf(column)])
	}
	return []string{strings.TrimSpace(t.cells[t.Column[column]])}
}

// row states what the mapping makes of a row.
func (t *mapped) row(at graph.Position, cells []string, _ *Faults) bool {
	t.cells = cells
	if slices.ContainsFunc(cells, func(c string) bool { return !utf8.ValidString(c) }) {
		t.number++
		t.Add(at, graph.BadInput, "the row is not valid UTF-8")
		return true
	}
	return t.state(at)
}

// state states what the mapping makes of the row or subject at hand; false ends the reading.
func (t *mapped) state(at graph.Position) bool {
	t.line = at.Line
	t.number++
	base := graph.Claim{}
	defaults := t.expand(t.defaults)
	if defaults == nil {
		defaults = &yaml.Node{Kind: yaml.MappingNode}
	}
	for _, std := range [][2]string{{"confidence", mappingConfidence}, {"at", t.locator()}} {
		if under(defaults, std[0]) == nil {
			defaults.Content = append(defaults.Content, t.scalarNode(std[0]), t.scalarNode(std[1]))
		}
	}
	t.metas(defaults, "defaults", &base)
	for i := 0; i+1 < len(t.rows.Content); i += 2 {
		ids := t.values(t.rows.Content[i])
		body := t.expand(t.rows.Content[i+1])
		if len(ids) == 0 || body == nil {
			continue
		}
		if err := graph.CheckID(graph.ID(ids[0])); err != nil {
			t.Add(at, codeOf(err), "%v", err)
			continue
		}
		if err := t.entity(t.scalarNode(ids[0]), body, base); err != nil {
			t.stopped = err
			return false
		}
	}
	return true
}

// locator is where the row or subject is found in its source.
func (t *mapped) locator() string {
	if t.subject != nil {
		return t.subject.values[subjectColumn][0]
	}
	return "row " + strconv.Itoa(t.number)
}

func (t *mapped) scalarNode(text string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text, Line: t.line}
}

// values is what a template makes of the row; a fault counts as nothing.
func (t *mapped) values(n *yaml.Node) []string {
	values, err := t.templates[n].values(t)
	if err != nil {
		t.Add(graph.Position{File: t.seedDecoder.name, Line: t.line, Path: n.Value}, graph.BadInput, "%v", err)
		return nil
	}
	return values
}

// expand is a part of the mapping with the cells of the row in it; nil where nothing is left.
// What is empty is left out, and with the value of a claim the claim.
func (t *mapped) expand(n *yaml.Node) *yaml.Node {
	if n == nil {
		return nil
	}
	out := &yaml.Node{Kind: n.Kind, Line: t.line}
	switch n.Kind {
	case yaml.ScalarNode:
		values := t.values(n)
		if len(values) < 2 {
			if len(values) == 0 {
				return nil
			}
			return t.scalarNode(values[0])
		}
		out.Kind = yaml.SequenceNode
		for _, v := range values {
			out.Content = append(out.Content, t.scalarNode(v))
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

// expandMapping is expand for a mapping. A value of several makes as many claims.
func (t *mapped) expandMapping(n, out *yaml.Node) *yaml.Node {
	var several *yaml.Node
	at := 0
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, v := n.Content[i], t.expand(n.Content[i+1])
		claimed := key.Value == "to" || key.Value == "value"
		switch {
		case v == nil && claimed:
			return nil
		case v == nil:
			continue
		case claimed && v.Kind == yaml.SequenceNode:
			several, at = v, len(out.Content)+1
		}
		out.Content = append(out.Content, t.scalarNode(key.Value), v)
	}
	if len(out.Content) == 0 {
		return nil
	}
	if several == nil {
		return out
	}
	list := &yaml.Node{Kind: yaml.SequenceNode, Line: t.line}
	for _, v := range several.Content {
		one := *out
		one.Content = slices.Clone(out.Content)
		one.Content[at] = v
		list.Content = append(list.Content, &one)
	}
	return list
}
