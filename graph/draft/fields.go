package draft

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/caspian-kg/caspian/graph/codec"
	"github.com/caspian-kg/caspian/schema"
)

// likely is the likeness from which a column is taken for a field.
const likely = 60

// describe assigns fields of the subject to the columns.
func (d *drafting) describe() {
	if d.typ == nil {
		return
	}
	if d.label != nil {
		d.fields = append([]*line{{name: "name", parts: []part{{text: "{" + d.label.name + d.label.lines() + "}"}}}}, d.fields...)
	}
	d.indicator()
	d.places()
	d.related()
	d.through()
	d.properties()
	d.objects()
	d.names()
}

// choice is a field that may fit a column.
type choice struct {
	c     *column
	f     *schema.Field
	score int
}

// properties assigns to each column the property with the most similar name. A property has only one column.
func (d *drafting) properties() {
	var list []choice
	columns := d.columns
	if d.value != nil && d.of == nil && d.value.number < 0 {
		columns = append([]*column{d.value}, columns...)
	}
	for _, c := range columns {
		if d.used[c] || !c.usable() && c.number >= 0 || c.filled == 0 || c.lang != "" {
			continue
		}
		for _, f := range d.typ.Fields {
			if f.Kind != schema.Property || d.has(f.Name) || f.Name == "name" && d.about != nil || f.Name == "description" {
				continue
			}
			score := likeness(d.wordsOf(c), phrases(f.Name, f.Label))
			if c.kind.web && f.Name == "sameAs" {
				score = max(score, likely)
			}
			if score >= likely {
				list = append(list, choice{c, f, score})
			}
		}
	}
	slices.SortStableFunc(list, func(a, b choice) int { return cmp.Compare(b.score, a.score) })
	for _, x := range list {
		if d.used[x.c] || d.has(x.f.Name) {
			continue
		}
		l, ok := d.claim(x.c, x.f)
		if ok {
			d.fields, d.used[x.c] = append(d.fields, l), true
		}
	}
}

// wordsOf returns the words in the name of a column. If the name only says that the column has values, it
// returns those of the file name.
func (d *drafting) wordsOf(c *column) []string {
	if c == d.value && (len(c.words) == 0 || slices.Equal(c.words, []string{"value"})) {
		return d.fileWords()
	}
	return c.words
}

func (d *drafting) has(field string) bool {
	return slices.ContainsFunc(d.fields, func(l *line) bool { return l.name == field })
}

// claim returns the claim of a field with the values of a column. It returns false if the values do not fit the
// field.
func (d *drafting) claim(c *column, f *schema.Field) (*line, bool) {
	l := &line{name: f.Name}
	text, note, ok := d.valueOf(c, f.Scalar, f.Enum, f.Code, f.Unit, f.Dimension, f.Usual)
	if !ok {
		if note != "" {
			d.others = append(d.others, fmt.Sprintf("%s may be %s: %s", c.name, f.Name, note))
			d.used[c] = true
		}
		return nil, false
	}
	l.note = note
	valid, why := d.validity(f)
	l.parts = append(l.parts, part{key: "value", text: text})
	if valid != "" {
		l.parts = append(l.parts, part{key: "valid", text: valid})
	}
	l.note = joinNotes(l.note, why)
	return l, true
}

// validity returns the template of the valid time of a field's claims, from other columns. It returns "" if no
// column has a time.
func (d *drafting) validity(f *schema.Field) (valid, note string) {
	switch {
	case f.Time == schema.Eternal || f.Lifetime.Subject != schema.NoEnd:
		return "", ""
	case d.wide != nil:
		return "{year}", ""
	case f.Time == schema.State && d.begin != nil && f.Kind == schema.Relation:
		return d.span()
	case d.year != nil:
		return d.year.dateText(), ""
	}
	return "", ""
}

func joinNotes(notes ...string) string {
	return strings.Join(slices.DeleteFunc(notes, func(n string) bool { return n == "" }), "; ")
}

// valueOf returns the template of a scalar with the values of a column, and a note about it. It returns false if
// the values do not fit.
func (d *drafting) valueOf(c *column, s schema.Scalar, e *schema.Enum, code *schema.Code, unit, dimension, usual string) (text, note string, ok bool) {
	k := c.kind
	if n := len(k.unfit); n > 0 && (k.number != "" || k.dated) {
		note = fmt.Sprintf("other values are left out, such as %q", k.unfit[0])
	}
	switch s {
	case schema.String:
		return c.textOf(code)
	case schema.Date:
		if k.vague {
			note = joinNotes(note, "day and month may be the other way round")
		}
		return c.dateText(), note, k.dated
	case schema.Int, schema.Long:
		if k.number == "" {
			return "", "", false
		}
		text = c.numberText(c.name, c.scale)
		if !k.whole && c.scale != "" {
			text = strings.TrimSuffix(text, "}") + ` | match ^\d+}`
		}
		return text, note, k.whole || c.scale != ""
	case schema.Float:
		return d.plain(c, unit, note)
	case schema.Quantity:
		return d.quantity(c, dimension, cmp.Or(unit, usual), note)
	case schema.Coordinates:
		return "{" + c.name + " | without spaces}", "", k.point
	case schema.Boolean:
		return d.yesOrNo(c)
	case schema.EnumValue:
		return d.member(c, e)
	}
	return "", "", false
}

// textOf returns the template of a text or of a code.
func (c *column) textOf(code *schema.Code) (text, note string, ok bool) {
	if c.kind.prose {
		return "", "texts this long are not kept", false
	}
	text = "{" + c.name + c.lines()
	if c.kind.split != "" && c.kind.split != ", " {
		text += " | split " + strings.TrimSpace(c.kind.split)
	}
	if code != nil && code.Form != nil {
		if fits := c.share(func(v string) bool { _, ok := code.Find(v); return ok }); fits < 50 {
			return "", "", false
		} else if fits < 100 {
			text += " | match " + code.Form.String()
		}
	}
	return text + "}", "", true
}

// lines returns the filter for texts of several lines, or "" if the column has none.
func (c *column) lines() string {
	for v := range c.values {
		if strings.ContainsAny(v, "\n\r\t") {
			return " | line"
		}
	}
	return ""
}

// plain returns the template of a number whose unit the ontology fixes.
func (d *drafting) plain(c *column, unit, note string) (string, string, bool) {
	if c.kind.number == "" {
		return "", "", false
	}
	to := c.scale
	if c.percent {
		to = "percent"
	}
	if from, as := d.o.Ontology.Units[c.unit], d.o.Ontology.Units[unit]; from != nil && as != nil && from != as {
		if !from.Converts(as) {
			return "", "it is in " + c.unit, false
		}
		to = fmt.Sprintf("%.9g", from.Factor/as.Factor)
	}
	return c.numberText(c.name, to), note, true
}

// yesOrNo returns the template of a truth value, with a table of the words in the column.
func (d *drafting) yesOrNo(c *column) (string, string, bool) {
	if !c.kind.boolean {
		return "", "", false
	}
	var entries []entry
	for _, v := range slices.Sorted(maps.Keys(c.values)) {
		to := "false"
		if strings.ContainsAny(strings.ToLower(v)[:1], "yt") {
			to = "true"
		}
		entries = append(entries, entry{from: v, to: to})
	}
	return "{" + c.name + " | table " + d.table(tableName(c), entries) + "}", "", true
}

// quantity returns the template of a number with its unit.
func (d *drafting) quantity(c *column, dimension, usual, note string) (string, string, bool) {
	if c.kind.number == "" {
		return "", "", false
	}
	unit := c.unit
	if unit != "" && dimension != "" && d.o.Ontology.Units[unit].Dimension != dimension {
		return "", "it is in " + unit, false
	}
	if unit == "" {
		for _, u := range d.columns {
			if slices.ContainsFunc(u.words, func(w string) bool { return w == "unit" || w == "units" }) && u.usable() && len(u.words) < 3 {
				if table := d.unitTable(u, dimension); table != "" {
					return c.numberText(c.name, c.scale) + " {" + u.name + " | table " + table + "}", note, true
				}
			}
		}
		if usual == "" {
			return "", "its unit is not known; as in \"{" + c.name + " | number} " + d.exampleUnit(dimension) + "\"", false
		}
		unit, note = usual, joinNotes(note, "the table names no unit; taken for "+usual)
	}
	return c.numberText(c.name, c.scale) + " " + unit, note, true
}

func (d *drafting) exampleUnit(dimension string) string {
	for _, unit := range []string{"USD", "t", "km", "MW", "bblPerDay", "km2"} {
		if u := d.o.Ontology.Units[unit]; u != nil && (dimension == "" || u.Dimension == dimension) {
			return unit
		}
	}
	return "t"
}

// unitTable adds a table that maps the units of a column to those of the ontology, and returns its name. It
// returns "" if most units are not known.
func (d *drafting) unitTable(u *column, dimension string) string {
	var entries []entry
	known := 0
	for _, v := range u.examples(60) {
		var h header
		h.measure(d.o.Ontology, wordsOf(v))
		if h.scale != "" || h.unit != "" && dimension != "" && d.o.Ontology.Units[h.unit].Dimension != dimension {
			h.unit = ""
		}
		if h.unit != "" {
			known++
		}
		entries = append(entries, entry{from: v, to: h.unit})
	}
	if known == 0 {
		return ""
	}
	d.used[u] = true
	return d.table("units", append(entries, entry{from: "*"}))
}

// tableName returns a name for the table of a column.
func tableName(c *column) string {
	return cmp.Or(codec.Slug(strings.Join(c.words, "-")), "words")
}

// member returns the template of a member of an enum, with a table of the words in the column.
func (d *drafting) member(c *column, e *schema.Enum) (string, string, bool) {
	if len(c.values) > 60 || e == nil {
		return "", "", false
	}
	var entries []entry
	fits := 0
	for _, v := range slices.Sorted(maps.Keys(c.values)) {
		to := ""
		for _, m := range e.Values {
			list := [][]string{wordsOf(m.Name)}
			for _, w := range memberWords[m.Name] {
				list = append(list, wordsOf(w))
			}
			if likeness(wordsOf(v), list) >= 98 && (to == "" || strings.EqualFold(v, m.Name)) {
				to = m.Name
			}
		}
		if to != "" {
			fits += c.values[v]
		}
		entries = append(entries, entry{from: v, to: to})
	}
	if 2*fits < c.filled {
		return "", "its values are not among " + e.Names(), false
	}
	return "{" + c.name + " | table " + d.table(tableName(c), append(entries, entry{from: "*"})) + "}", "", true
}
