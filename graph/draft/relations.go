package draft

import (
	"cmp"
	"slices"
	"strings"

	"github.com/caspian-kg/caspian/graph/codec"
	"github.com/caspian-kg/caspian/schema"
)

// places finds the columns with the location of the subject.
func (d *drafting) places() {
	f := d.typ.Field("coordinates")
	if f == nil || f.Scalar != schema.Coordinates {
		return
	}
	within := func(most float64, names ...string) *column {
		for _, c := range d.columns {
			if c.usable() && c.kind.number == "number" && c.kind.least >= -most && c.kind.most <= most && len(c.words) > 0 && slices.Contains(names, c.words[len(c.words)-1]) {
				return c
			}
		}
		return nil
	}
	lat, lon := within(90, "latitude", "lat", "y"), within(180, "longitude", "lon", "lng", "long", "x")
	text := ""
	switch geo := d.column("geometry/coordinates"); {
	case lat != nil && lon != nil:
		text = "{" + lat.name + "},{" + lon.name + "}"
		d.used[lat], d.used[lon] = true, true
	case geo != nil:
		text = "{geometry/coordinates/1},{geometry/coordinates/0}"
		d.used[geo] = true
	default:
		return
	}
	d.fields = append(d.fields, &line{name: f.Name, parts: []part{{text: text}}})
}

// indicators are names of columns that say what the figures measure.
var indicators = []string{"indicator", "series", "variable", "item", "element", "measure", "metric"}

// indicator finds the column that says what the figures measure, and adds a claim for each measure that the
// ontology has.
func (d *drafting) indicator() {
	value := d.value
	if value == nil {
		for _, c := range d.columns {
			if c.usable() && c.kind.number != "" && likeness(c.words, [][]string{{"value"}, {"obs", "value"}, {"amount"}}) >= 90 {
				value = c
			}
		}
	}
	if value == nil {
		return
	}
	d.value = value
	for _, c := range d.columns {
		if !c.usable() || d.used[c] || len(c.words) == 0 || !slices.Contains(indicators, c.words[0]) || len(c.values) == 0 || len(c.values) > 2_000 {
			continue
		}
		if d.stated(c, value) {
			d.of, d.used[c], d.used[value] = c, true, true
			return
		}
	}
}

// stated adds the claims of the figures that a column names. It returns false if the ontology has none of them.
func (d *drafting) stated(of, value *column) bool {
	best := map[string]choice{}
	names := map[string]string{}
	for _, v := range of.examples(2_000) {
		h := headerOf(d.o.Ontology, v)
		for _, f := range d.typ.Fields {
			if f.Kind != schema.Property || f.Scalar != schema.Quantity && f.Scalar != schema.Long && f.Scalar != schema.Int && f.Scalar != schema.Float {
				continue
			}
			if score := likeness(h.words, phrases(f.Name, f.Label)); score >= likely && score > best[f.Name].score {
				c := *value
				c.header = h
				best[f.Name], names[f.Name] = choice{&c, f, score}, v
			}
		}
	}
	found := false
	for _, f := range d.typ.Fields {
		x, ok := best[f.Name]
		if !ok {
			continue
		}
		l, fits := d.claim(x.c, x.f)
		if !fits {
			continue
		}
		found = true
		if len(of.values) > 1 {
			l.parts = append(l.parts, part{key: "if", text: of.is(names[f.Name])})
		}
		l.note = joinNotes(l.note, "by "+of.name)
		d.fields = append(d.fields, l)
	}
	return found
}

// related adds the relations of the subject to the other entities that a row names.
func (d *drafting) related() {
	done := map[string]bool{}
	if d.about != nil {
		done[d.about.group] = true
	}
	for _, n := range d.found {
		if d.used[n.column] || done[n.group] {
			continue
		}
		n = d.bestOf(n.group)
		done[n.group] = true
		ways := d.waysBy(n)
		if len(ways) == 0 {
			f, sure := d.relation(n)
			if f == nil {
				continue
			}
			if !sure {
				d.others = append(d.others, n.column.name+" names "+plural(n.typ)+", but not how they are related: as in "+f.Name+": {to: "+codec.QuoteYAML(n.text())+"}")
				d.used[n.column] = true
				continue
			}
			ways = []way{{f: f}}
		}
		d.useGroup(n.group)
		n.stated = true
		first := &line{parts: []part{{key: "to", entity: n}}}
		d.qualify(first, ways[0].f)
		for _, w := range ways {
			d.fields = append(d.fields, d.relate(first, w))
		}
	}
}

// useGroup marks the columns of a group as used.
func (d *drafting) useGroup(group string) {
	for _, n := range d.found {
		if n.group == group {
			d.used[n.column] = true
		}
	}
}

// way is a relation, and the condition under which a row has it; "" if each row has it.
type way struct {
	f    *schema.Field
	when string
}

// relate returns the claim of the relation, with the parts that all relations to the same entity share.
func (d *drafting) relate(shared *line, w way) *line {
	l := &line{name: w.f.Name, note: shared.note}
	for _, p := range shared.parts {
		if p.key == "to" || w.f.Qualifier(p.key) != nil {
			l.parts = append(l.parts, p)
		}
	}
	if valid, note := d.validity(w.f); valid != "" {
		l.parts, l.note = append(l.parts, part{key: "valid", text: valid}), joinNotes(l.note, note)
	}
	if w.when != "" {
		l.parts = append(l.parts, part{key: "if", text: w.when})
	}
	return l
}

// waysBy returns the relations that the values of a column name.
func (d *drafting) waysBy(n *naming) (ways []way) {
	for _, c := range d.columns {
		if !c.usable() || d.used[c] || c == n.column || len(c.words) == 0 || !slices.Contains(indicators, c.words[0]) || len(c.values) > 50 {
			continue
		}
		for _, f := range d.typ.Fields {
			if f.Kind != schema.Relation || f.Target == nil || f.Target.Name == schema.EntityType || !f.Target.Includes(n.typ) && f.Target != n.typ {
				continue
			}
			best, most := "", likely
			for _, v := range c.examples(50) {
				if score := likeness(wordsOf(v), phrases(f.Name, f.Label)); score > most {
					best, most = v, score
				}
			}
			if best == "" {
				continue
			}
			w := way{f: f}
			if len(c.values) > 1 {
				w.when = c.is(best)
			}
			ways = append(ways, w)
		}
		if len(ways) > 0 {
			d.used[c] = true
			return ways
		}
	}
	return nil
}

// through adds relations that lead to another entity through a third one, as an office connects a person with a
// country. Each row creates the third entity.
func (d *drafting) through() {
	if d.label == nil {
		return
	}
	for _, n := range d.found {
		direct := slices.ContainsFunc(d.typ.Fields, func(f *schema.Field) bool {
			return f.Kind == schema.Relation && f.Target != nil && f.Target.Name != schema.EntityType && f.Target.Includes(n.typ)
		})
		if d.used[n.column] || n.column.kind.split != "" || direct {
			continue
		}
		for _, f := range d.typ.Fields {
			if f.Kind != schema.Relation || f.Target == nil || f.Target.Abstract || f.Target.ID != nil {
				continue
			}
			to := slices.IndexFunc(f.Target.Fields, func(g *schema.Field) bool {
				return g.Kind == schema.Relation && g.Target != nil && g.Target.Name != schema.EntityType && g.Target.Includes(n.typ)
			})
			if to < 0 {
				continue
			}
			n.stated = true
			d.useGroup(n.group)
			between := strings.ToLower(f.Target.Name)
			other := d.free(slugOf(n.typ))
			d.lets = append(d.lets, &let{name: other, of: n})
			id := between + "-{" + other + "}"
			d.made = append(d.made, &making{id: id, typ: f.Target.Name, note: "what connects the two: put its name into the id if there are several",
				parts: []*line{{name: "name", parts: []part{{text: f.Target.Label + " in {" + n.column.name + "}"}}}, {name: f.Target.Fields[to].Name, parts: []part{{key: "to", text: "{" + other + "}"}}}}})
			d.fields = append(d.fields, d.relate(&line{parts: []part{{key: "to", text: id}}}, way{f: f}))
			return
		}
	}
}

// free returns a name for a text that no column has.
func (d *drafting) free(name string) string {
	for d.column(name) != nil {
		name += "-id"
	}
	return name
}

// objects adds the relation that the file name suggests, to entities that the graph does not have. Each row creates its
// entity.
func (d *drafting) objects() {
	if d.about == nil || len(d.fields) > 0 {
		return
	}
	c := d.titled()
	if c == nil {
		return
	}
	for _, f := range d.typ.Fields {
		if f.Kind != schema.Relation || f.Target == nil || f.Target.Abstract || f.Target.ID != nil {
			continue
		}
		if list := phrases(f.Name, f.Label); likeness(d.fileWords(), list) < likely && likeness(c.words, list) < likely {
			continue
		}
		kind := slugOf(f.Target)
		name := d.free(kind)
		n := &naming{column: c, typ: f.Target, find: "find " + f.Target.Name, stated: true}
		d.found = append(d.found, n)
		d.used[c] = true
		d.lets = append(d.lets, &let{name: name, of: n, text: kind + "-{" + c.name + " | slug}"})
		d.made = append(d.made, &making{id: "{" + name + "}", typ: f.Target.Name, note: "few of them are in the graph: the others are made",
			parts: []*line{{name: "name", parts: []part{{text: "{" + c.name + "}"}}}}})
		l := &line{parts: []part{{key: "to", text: "{" + name + "}"}}}
		d.qualify(l, f)
		d.fields = append(d.fields, d.relate(l, way{f: f}))
		return
	}
}

// bestOf returns the column of a group that names the entity best. A code is better than a name.
func (d *drafting) bestOf(group string) (best *naming) {
	for _, n := range d.found {
		if n.group == group && !d.used[n.column] && (best == nil || n.code && !best.code) {
			best = n
		}
	}
	return best
}

// relation returns the field that leads to the entities of a column. sure is true if the column, the file or the
// figures have a name like that of the field, or if no other field leads there.
func (d *drafting) relation(n *naming) (best *schema.Field, sure bool) {
	most, exact := -1, 0
	for _, f := range d.typ.Fields {
		if f.Kind != schema.Relation || f.Target == nil || !f.Target.Includes(n.typ) && f.Target != n.typ {
			continue
		}
		if f.Target == n.typ {
			exact++
		}
		if d.has(f.Name) && !f.Many {
			continue
		}
		list := phrases(f.Name, f.Label)
		if f.Target.Name == schema.EntityType && likeness(n.column.words, list) < likely {
			continue
		}
		score := max(likeness(n.column.words, list), likeness(n.words, list), likeness(d.fileWords(), list)-5)
		for _, c := range d.columns {
			if c.kind.number != "" {
				score = max(score, likeness(c.words, list)-10)
			}
		}
		if d.value != nil {
			score = max(score, likeness(d.value.words, list)-5)
		}
		if f.Target == n.typ {
			score += 5
		}
		if score > most {
			best, most = f, score
		}
	}
	return best, most >= likely || exact == 1 && best != nil && best.Target == n.typ
}

// qualifying is a qualifier whose values may be in a column.
type qualifying struct {
	c     *column
	q     *schema.Qualifier
	score int
}

// qualifiers returns the qualifiers of a relation whose names are like those of columns, the most likely first.
func (d *drafting) qualifiers(f *schema.Field) (list []qualifying) {
	columns := d.columns
	if d.value != nil && d.of == nil {
		columns = append([]*column{d.value}, columns...)
	}
	for _, c := range columns {
		if d.used[c] || c.filled == 0 || c == d.year || c == d.begin || c == d.end || !c.usable() && c.number >= 0 {
			continue
		}
		for _, q := range f.Qualifiers {
			if q.Scalar == schema.NoScalar || q.Scalar == schema.String {
				continue
			}
			score := likeness(c.words, phrases(q.Name, q.Label))
			if c == d.value && q.Scalar == schema.Quantity {
				score = max(score, 65)
			}
			if c.percent && q.Name == "share" {
				score = 90
			}
			if q.Scalar == schema.Quantity && c.unit != "" && c.kind.number != "" {
				score += 20
			}
			if score >= likely {
				list = append(list, qualifying{c, q, score})
			}
		}
	}
	slices.SortStableFunc(list, func(a, b qualifying) int { return cmp.Compare(b.score, a.score) })
	return list
}

// qualify adds qualifiers to a relation, each from one column.
func (d *drafting) qualify(l *line, f *schema.Field) {
	taken := map[string]bool{}
	for _, x := range d.qualifiers(f) {
		q := x.q
		if d.used[x.c] || taken[q.Name] {
			continue
		}
		dimension := q.Dimension
		if q.Name == "value" && dimension == "" {
			dimension = "currency"
		}
		c := *x.c
		if q.Name == "share" && (c.percent || c.kind.most > 1) {
			c.percent = true
		}
		if top := q.Range.Max; top != nil && (c.kind.most > 100**top || !c.percent && c.kind.most > *top) {
			continue
		}
		if least := q.Range.Min; least != nil && c.kind.least < *least {
			continue
		}
		text, note, ok := d.valueOf(&c, q.Scalar, q.Enum, q.Code, q.Unit, dimension, q.Usual)
		if !ok {
			continue
		}
		taken[q.Name], d.used[x.c] = true, true
		l.parts = append(l.parts, part{key: q.Name, text: text})
		l.note = joinNotes(l.note, note)
	}
}

// names adds the claims of columns that have names in a language.
func (d *drafting) names() {
	for _, c := range d.columns {
		if d.used[c] || !c.usable() || c.lang == "" || c.filled == 0 || c.kind.prose || c.kind.number != "" {
			continue
		}
		for _, name := range []string{"officialName", "name"} {
			f := d.typ.Field(name)
			if f == nil || f.Qualifier("lang") == nil || likeness(c.words, phrases(name, "")) < likely && !(name == "name" && slices.Contains(c.words, "short")) {
				continue
			}
			d.fields, d.used[c] = append(d.fields, &line{name: name, parts: []part{{key: "value", text: "{" + c.name + "}"}, {key: "lang", text: c.lang}}}), true
			break
		}
	}
}
