package export

import (
	"archive/zip"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/schema"
)

// csvTables and parquetTables write a ZIP archive for notebooks. It contains one table for each type, with one row
// for each entity; edges, with one row for each claim of a relation; claims, with all other claims; dictionary.csv,
// which describes the columns; and NOTICE, which lists the sources.
var (
	csvTables     = tablesOf("csv", "a ZIP of CSV tables: one for each type, edges, claims and a data dictionary", newCSV)
	parquetTables = tablesOf("parquet", "the same tables as Parquet, with typed columns", newParquet)
)

// tableWriter writes the rows of one table. A cell is a list of texts. Only a column of several values has
// cells with more than one.
type tableWriter interface {
	Write(cells [][]string) error
	Close() error
}

// heading is the name and the kind of a column.
type heading struct {
	name string
	kind graph.Kind
	many bool
}

// texts returns the headings of columns of single texts.
func texts(names ...string) (head []heading) {
	for _, name := range names {
		head = append(head, heading{name: name, kind: graph.StringKind})
	}
	return head
}

type newTable func(w io.Writer, head []heading) (tableWriter, error)

func tablesOf(name, about string, open newTable) *Format {
	return &Format{Name: name, About: about, Media: "application/zip", encode: func(ctx context.Context, w io.Writer, p *Part) error {
		return (&tabler{ctx: ctx, p: p, zip: zip.NewWriter(w), ending: "." + name, open: open}).write()
	}}
}

type tabler struct {
	ctx        context.Context
	p          *Part
	zip        *zip.Writer
	ending     string
	open       newTable
	dictionary [][5]string
}

func (t *tabler) write() error {
	p := t.p
	rows := map[string][]uint32{}
	for n := range uint32(p.s.EntityCount()) {
		if p.named[n] {
			rows[p.s.TypeName(n)] = append(rows[p.s.TypeName(n)], n)
		}
	}
	for _, typ := range p.s.Ontology().Types {
		if !typ.Abstract {
			if err := t.entities(typ, rows[typ.Name]); err != nil {
				return err
			}
		}
	}
	if err := t.claims("edges", true); err != nil {
		return err
	}
	if err := t.claims("claims", false); err != nil {
		return err
	}
	for _, d := range claimDictionary {
		d[0] = strings.ReplaceAll(d[0], ".csv", t.ending)
		t.dictionary = append(t.dictionary, d)
	}
	if err := t.file("dictionary.csv", newCSV, texts("table", "column", "kind", "unit", "description"), func(row func(...string) error) error {
		for _, d := range t.dictionary {
			if err := row(d[:]...); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		return err
	}
	notice, err := t.zip.Create("NOTICE")
	if err != nil {
		return err
	}
	if err := p.notice(notice, ""); err != nil {
		return err
	}
	return t.zip.Close()
}

// file writes one table of single texts.
func (t *tabler) file(name string, open newTable, head []heading, fill func(row func(...string) error) error) error {
	cells := make([][]string, len(head))
	return t.table(name, open, head, func(row func([][]string) error) error {
		return fill(func(texts ...string) error {
			for i := range texts {
				cells[i] = texts[i : i+1]
			}
			return row(cells)
		})
	})
}

// table writes one table to the archive.
func (t *tabler) table(name string, open newTable, head []heading, fill func(row func([][]string) error) error) error {
	f, err := t.zip.Create(name)
	if err != nil {
		return err
	}
	w, err := open(f, head)
	if err != nil {
		return err
	}
	err = fill(func(cells [][]string) error {
		if err := w.Write(cells); err != nil {
			return err
		}
		return t.ctx.Err()
	})
	if err != nil {
		return err
	}
	return w.Close()
}

// csvTable writes a table as CSV.
type csvTable struct {
	w   *csv.Writer
	row []string
}

func newCSV(w io.Writer, head []heading) (tableWriter, error) {
	t := &csvTable{w: csv.NewWriter(w)}
	for _, h := range head {
		t.row = append(t.row, h.name)
	}
	return t, t.w.Write(t.row)
}

// Write implements tableWriter.
func (t *csvTable) Write(cells [][]string) error {
	for i, c := range cells {
		t.row[i] = strings.Join(c, "|")
	}
	return t.w.Write(t.row)
}

// Close implements tableWriter.
func (t *csvTable) Close() error {
	t.w.Flush()
	return t.w.Error()
}

// column is a column in the table of a type.
type column struct {
	field *schema.Field
	unit  bool // whether the column has the units of the values, which the field does not fix
}

// entities writes the table of a type, with the values that the view shows. It writes no table if rows is
// empty.
func (t *tabler) entities(typ *schema.Type, rows []uint32) error {
	if len(rows) == 0 {
		return nil
	}
	name := typ.Plural + t.ending
	head, columns := texts("id"), []column{}
	t.dictionary = append(t.dictionary, [5]string{name, "id", "id", "", "The entity's id."})
	for _, f := range typ.Fields {
		if !f.Stored() || f.Kind == schema.Relation && f.Many {
			continue
		}
		head, columns = append(head, heading{f.Name, graph.KindOf(f.Scalar), f.Many}), append(columns, column{field: f})
		about := strings.ReplaceAll(f.Description, "\n", " ")
		if f.Many && t.ending == ".csv" {
			about += " Several values are separated by a vertical bar."
		}
		t.dictionary = append(t.dictionary, [5]string{name, f.Name, kindOf(f), f.Unit, strings.TrimSpace(about)})
		if f.Scalar == schema.Quantity && f.Unit == "" {
			head, columns = append(head, heading{f.Name + "_unit", graph.StringKind, f.Many}), append(columns, column{f, true})
			t.dictionary = append(t.dictionary, [5]string{name, f.Name + "_unit", "text", "", "The unit of " + f.Name + "."})
		}
	}
	return t.table(name, t.open, head, func(row func([][]string) error) error {
		cells := make([][]string, len(head))
		for _, n := range rows {
			cells[0] = []string{string(t.p.s.ID(n))}
			for i, c := range columns {
				cells[i+1] = t.cell(n, c)
			}
			if err := row(cells); err != nil {
				return err
			}
		}
		return t.p.view.Err()
	})
}

func kindOf(f *schema.Field) string { return graph.KindOf(f.Scalar).String() }

// cell returns the texts that the view shows for a field of an entity.
func (t *tabler) cell(n uint32, c column) (texts []string) {
	var claims []uint32
	if !c.field.Many {
		if e, ok := t.p.view.One(n, c.field); ok {
			claims = append(claims, e.Claim)
		}
	} else {
		claims = t.p.view.Values(n, c.field, nil)
	}
	for _, claim := range claims {
		if t.p.left(claim) {
			number, unit := textOf(t.p.s.Value(claim))
			if c.unit {
				number = unit
			}
			texts = append(texts, number)
		}
	}
	return texts
}

// textOf returns the text of a value for a cell, and the unit of the value.
func textOf(v graph.Value) (text, unit string) {
	switch v.Kind() {
	case graph.QuantityKind:
		return strconv.FormatFloat(v.Float(), 'f', -1, 64), v.Text()
	case graph.RangeKind:
		r, _ := v.Range()
		return r.String(), v.Text()
	case graph.NoneKind:
		return "", ""
	}
	return v.String(), ""
}

// claimDictionary describes the columns of edges.csv and claims.csv.
var claimDictionary = [][5]string{
	{"edges.csv", "subject", "id", "", "The entity that the claim is about."},
	{"edges.csv", "predicate", "text", "", "The relation."},
	{"edges.csv", "object", "id", "", "The entity to which it leads; empty where the claim is that there is none."},
	{"claims.csv", "subject", "id", "", "The entity that the claim is about."},
	{"claims.csv", "predicate", "text", "", "The property."},
	{"claims.csv", "value", "text", "", "The value, written as the kind of the property; empty where the claim is that there is none."},
	{"claims.csv", "unit", "text", "", "The unit of a quantity."},
	{"edges.csv and claims.csv", "qualifiers", "JSON", "", "What the claim says besides, by name."},
	{"edges.csv and claims.csv", "valid", "EDTF", "", "When it holds."},
	{"edges.csv and claims.csv", "holds", "text", "", "Whether it holds on the date of the export: YES or POSSIBLY."},
	{"edges.csv and claims.csv", "confidence", "number", "", "From 0 to 1."},
	{"edges.csv and claims.csv", "source", "id", "", "The source."},
	{"edges.csv and claims.csv", "locator", "text", "", "Where in the source."},
	{"edges.csv and claims.csv", "claim", "id", "", "The id of the claim."},
}

// claims writes the claims of relations, or, if relations is false, all other claims.
func (t *tabler) claims(name string, relations bool) error {
	head := texts("subject", "predicate", "object", "qualifiers", "valid", "holds", "confidence", "source", "locator", "claim")
	head[6].kind = graph.FloatKind
	if !relations {
		head = append(texts("subject", "predicate", "value", "unit"), head[3:]...)
	}
	return t.file(name+t.ending, t.open, head, func(row func(...string) error) error {
		return t.p.each(func(n uint32) error {
			c := t.p.s.ClaimAt(n)
			text, unit := textOf(c.Value)
			cells := []string{string(c.Subject), c.Predicate, text}
			if !relations {
				cells = append(cells, unit)
			}
			return row(append(cells, qualifiersOf(&c), c.Valid.String(), t.p.view.Holds(n).String(), strconv.FormatFloat(c.Confidence, 'f', -1, 64),
				string(c.Source), c.Locator, t.p.s.ClaimID(n).String())...)
		}, func(n uint32) bool { return t.p.left(n) && t.p.relates(n) == relations })
	})
}

// relates reports whether a claim is a claim of a relation.
func (p *Part) relates(n uint32) bool {
	f := p.s.Field(n)
	return f != nil && f.Kind == schema.Relation
}

// qualifiersOf returns the qualifiers of a claim as a JSON object, or "" if it has none.
func qualifiersOf(c *graph.Claim) string {
	if len(c.Qualifiers) == 0 {
		return ""
	}
	m := map[string]string{}
	for _, q := range c.Qualifiers {
		m[q.Name] = q.Value.String()
	}
	text, err := json.Marshal(m)
	if err != nil {
		panic(fmt.Sprint("texts cannot be written: ", err))
	}
	return string(text)
}
