package codec

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/table"
)

// Mapping says what the rows of a table mean. It is written like a seed file in which cells are inserted;
// docs/mapping.md describes it.
type Mapping struct {
	from                     string // the name of the mapping's file
	entities, rows, defaults *yaml.Node
	condition                *yaml.Node // the part named if
	file                     table.Options
	wide                     *regexp.Regexp
	each                     *piece
	let                      map[string]template
	base                     string            // the base of relative IRIs
	prefixes                 map[string]string // the prefixes in names of RDF columns
	empty                    map[string]bool
	tables                   map[string]map[string]string
	made                     map[string]bool // columns that the mapping creates
	templates                map[*yaml.Node]template
}

// mappingConfidence is the confidence of claims for which the mapping gives none. It is less than that of
// curated claims.
const mappingConfidence = "0.7"

// ReadMapping reads a mapping; name is for messages. open reads the file of a table by its path relative to the
// mapping, and may be nil. The error is graph.Problems with every fault.
func ReadMapping(name string, text []byte, open func(file string) ([]byte, error)) (*Mapping, error) {
	d := &mappingReader{open: open, seedDecoder: seedDecoder{name: name}, m: &Mapping{from: name, let: map[string]template{}, empty: map[string]bool{},
		tables: map[string]map[string]string{}, prefixes: map[string]string{}, made: map[string]bool{rowNumber: true, fileColumn: true}, templates: map[*yaml.Node]template{}}}
	d.m.file.Give = "the table of the mapping, or correct the mapping"
	var doc yaml.Node
	if err := yaml.NewDecoder(bytes.NewReader(text)).Decode(&doc); err != nil {
		d.notYAML(err)
		return nil, d.Err()
	}
	d.plain(doc.Content[0])
	_ = d.pairs(doc.Content[0], "", d.part)
	if d.m.rows == nil && len(d.list) == 0 {
		d.Add(graph.Position{File: name, Line: 1}, graph.BadInput, "the mapping has no rows: what each row of the table states")
	}
	if len(d.list) == 0 {
		d.templates()
	}
	return d.m, d.Err()
}

// mappingReader reads a mapping with the decoder of seed files.
type mappingReader struct {
	seedDecoder
	m          *Mapping
	open       func(file string) ([]byte, error)
	lets, each *yaml.Node
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
	case "if":
		d.m.condition = v
	case "each":
		d.each, d.m.made[partColumn] = v, true
	case "let":
		d.lets = v
	case "file":
		return d.pairs(v, k.Value, d.dialect)
	case "wide":
		d.wide(v)
	case "empty":
		d.texts(v, k.Value, func(cell string) { d.m.empty[cell] = true })
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
			if entries.Kind == yaml.ScalarNode {
				d.tableFile(entries, of)
				return nil
			}
			return d.pairs(entries, "tables."+table.Value, func(from, to *yaml.Node) error {
				of[from.Value], _ = d.text(to, "tables."+table.Value)
				return nil
			})
		})
	default:
		d.Add(d.at(k, ""), graph.BadInput, "unknown part %q; a mapping has rows, entities, defaults, if, let, each, wide, empty, tables, file, prefixes and base", graph.Clip(k.Value))
	}
	return nil
}

// tableFile reads a table from the first two columns of a CSV file. The path of the file is relative to the mapping.
func (d *mappingReader) tableFile(file *yaml.Node, to map[string]string) {
	if d.open == nil {
		d.Add(d.at(file, "tables"), graph.BadInput, "the table is in the file %s, which cannot be read here", graph.Clip(file.Value))
		return
	}
	text, err := d.open(file.Value)
	if err != nil {
		d.Add(d.at(file, "tables"), graph.BadInput, "%v", err)
		return
	}
	err = table.Read(context.Background(), file.Value, bytes.NewReader(text), table.Options{CSV: true}, func(r *table.Row) bool {
		if len(r.Cells) < 2 {
			d.Add(r.Position(""), graph.BadInput, "a table has two columns: a word, and what it becomes")
			return false
		}
		to[trimmed(r.Cells[0])] = trimmed(r.Cells[1])
		return true
	}, d.Report)
	if err != nil {
		d.Add(d.at(file, "tables"), graph.BadInput, "%v", err)
	}
}

// texts reads a list of texts.
func (d *mappingReader) texts(v *yaml.Node, path string, each func(string)) {
	if v.Kind != yaml.SequenceNode {
		d.Add(d.at(v, path), graph.BadInput, "a list of texts is expected here, not %s", nodeKind(v))
		return
	}
	for _, item := range v.Content {
		if text, ok := d.text(item, path); ok {
			each(text)
		}
	}
}

// dialect reads one member of the part file, which says how the table is written.
func (d *mappingReader) dialect(k, v *yaml.Node) error {
	path := "file." + graph.Clip(k.Value)
	if k.Value == "head" {
		d.texts(v, path, func(column string) { d.m.file.Head = append(d.m.file.Head, column) })
		return nil
	}
	text, ok := d.text(v, path)
	if !ok {
		return nil
	}
	switch k.Value {
	case "separator", "comment":
		r := []rune(text)
		if len(r) != 1 {
			d.Add(d.at(v, path), graph.BadInput, "the %s is one character, not %q", k.Value, graph.Clip(text))
			return nil
		}
		if k.Value == "comment" {
			d.m.file.Comment = r[0]
		} else {
			d.m.file.Separator = r[0]
		}
	case "skip":
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			d.Add(d.at(v, path), graph.BadInput, "%q is not a number of lines", graph.Clip(text))
		}
		d.m.file.Skip = n
	case "encoding":
		d.m.file.Encoding = text
	case "sheet":
		d.m.file.Sheet = text
	case "records":
		d.m.file.Records = text
		for step := range strings.SplitSeq(text, "/") {
			if column, ok := strings.CutPrefix(step, "{"); ok {
				d.m.made[strings.TrimSuffix(column, "}")] = true
			}
		}
	default:
		d.Add(d.at(k, path), graph.BadInput, "the part file has no member of this name; its members are separator, comment, skip, head, encoding, sheet and records")
	}
	return nil
}

// wide reads the pattern of the columns that become rows.
func (d *mappingReader) wide(v *yaml.Node) {
	text, ok := d.text(v, "wide")
	if !ok {
		return
	}
	re, err := regexp.Compile("^(?:" + text + ")$")
	if err != nil {
		d.Add(d.at(v, "wide"), graph.BadInput, "%v", err)
		return
	}
	d.m.wide, d.m.made[partColumn] = re, true
	for _, name := range re.SubexpNames()[1:] {
		d.m.made[name] = true
	}
}

// templates reads the templates in every part that may have them.
func (d *mappingReader) templates() {
	if d.lets != nil {
		_ = d.pairs(d.lets, "let", func(k, v *yaml.Node) error {
			d.compile(v, "let."+graph.Clip(k.Value))
			if t, ok := d.m.templates[v]; ok {
				d.m.let[k.Value], d.m.made[k.Value] = t, true
			} else if len(d.list) == 0 {
				d.Add(d.at(v, "let."+graph.Clip(k.Value)), graph.BadInput, "one text is expected here, not %s", nodeKind(v))
			}
			return nil
		})
	}
	if d.each != nil {
		d.compile(d.each, "each")
		if t := d.m.templates[d.each]; len(t) == 1 && len(t[0]) == 1 && t[0][0].column != "" {
			d.m.each = &t[0][0]
		} else if len(d.list) == 0 {
			d.Add(d.at(d.each, "each"), graph.BadInput, "one place for a cell is expected here, such as {Partners | split ;}")
		}
	}
	if d.m.condition != nil {
		d.compile(d.m.condition, "if")
	}
	_ = d.pairs(d.m.rows, "rows", func(id, body *yaml.Node) error {
		d.compile(id, "rows")
		d.compileMapping(body, "rows."+graph.Clip(id.Value))
		return nil
	})
	if d.m.defaults != nil {
		d.compileMapping(d.m.defaults, "defaults")
	}
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
		if strings.Contains(k.Value, "{") {
			d.compile(k, path)
		}
		d.compile(v, path+"."+graph.Clip(k.Value))
		return nil
	})
}
