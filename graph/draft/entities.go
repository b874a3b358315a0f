package draft

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/match"
	"github.com/caspian-kg/caspian/schema"
)

// naming is a column whose values name entities.
type naming struct {
	column *column
	typ    *schema.Type
	find   string // the filters that find the entities
	code   bool   // the values are codes or ids, not names
	stated bool   // whether the draft uses the column
	share  int    // how many of the values that were looked up were found, in percent; -1 if none was looked up
	fits   int    // how many values have the form of the code, in percent
	group  string // if several columns name the same entity of a row, their common group; "" is the main one
	words  []string
}

// text returns the template of the entity.
func (n *naming) text() string {
	if n.column.kind.split != "" {
		return "{" + n.column.name + " | split " + strings.TrimSpace(n.column.kind.split) + " | " + n.find + "}"
	}
	return "{" + n.column.name + " | " + n.find + "}"
}

// sampled is how many values of a column are looked up.
const sampled = 30

// entities finds the columns that name entities.
func (d *drafting) entities() error {
	for _, c := range d.columns {
		if !c.usable() || c.filled == 0 || c.kind.prose || d.used[c] {
			continue
		}
		n, err := d.byKey(c)
		if err != nil {
			return err
		}
		if n == nil {
			if n, err = d.byName(c); err != nil {
				return err
			}
		}
		if n == nil {
			continue
		}
		n.column = c
		n.words = slices.DeleteFunc(slices.Clone(c.words), func(w string) bool { return slices.Contains(codeWords, w) })
		n.group = groupOf(n)
		d.found = append(d.found, n)
	}
	return nil
}

// candidates returns the entities of some types that a text may name. It looks up each text once.
func (d *drafting) candidates(text string, types ...string) ([]match.Candidate, error) {
	key := text + "\x00" + strings.Join(types, " ")
	if list, asked := d.asked[key]; asked {
		return list, nil
	}
	list, err := d.o.Graph.Candidates(d.ctx, match.Question{Text: text, Types: types})
	if err == nil {
		d.asked[key] = list
	}
	return list, err
}

// together is how many rows are compared to decide whether two columns name the same entity.
const together = 12

// join finds the columns that name the same entity as n, by comparing some rows.
func (d *drafting) join(n *naming) error {
	if d.o.Graph == nil {
		return nil
	}
	for _, m := range d.found {
		if m == n || m.typ != n.typ || m.column.kind.split != "" || n.column.kind.split != "" {
			continue
		}
		rows, same := 0, 0
		for i, row := range d.kept {
			if rows == together || i == 20*together {
				break
			}
			if max(m.column.number, n.column.number) >= len(row) {
				continue
			}
			a, err := d.one(n, row[n.column.number])
			if err != nil {
				return err
			}
			b, err := d.one(m, row[m.column.number])
			if err != nil {
				return err
			}
			if a != "" && b != "" {
				rows++
				if a == b {
					same++
				}
			}
		}
		switch {
		case 10*same >= 7*rows && rows > 0:
			m.group = n.group
		case m.group == n.group:
			m.group += " other"
		}
	}
	return nil
}

// one returns the entity that a value of a column names, or "" if it is not certain.
func (d *drafting) one(n *naming, value string) (graph.ID, error) {
	if value == "" {
		return "", nil
	}
	if _, key, ok := strings.Cut(n.find, "key "); ok {
		for _, f := range d.o.Ontology.Predicate(key) {
			if f.Code == nil {
				continue
			}
			if strings.HasPrefix(n.find, "pad 3") {
				value = strings.Repeat("0", max(0, 3-len(value))) + value
			}
			if code, ok := f.Code.Find(f.Code.Fold(value)); ok {
				return d.o.Graph.Key(d.ctx, key, code)
			}
		}
		return "", nil
	}
	list, err := d.candidates(value, n.typ.Name)
	id, _ := match.Sure(list, match.Threshold)
	return id, err
}

// codeWords are words of column names that describe the kind of name or code, and not the entity.
var codeWords = []string{"iso", "iso2", "iso3", "alpha", "2", "3", "1", "3166", "iso3166", "a2", "a3", "code", "codes", "id", "name", "names", "numeric", "fips", "num", "short", "abbreviation", "text"}

// groups are words of column names that say which of two entities of a row is meant.
var groups = map[string]string{"reporter": "", "exporter": "", "origin": "", "source": "", "from": "", "donor": "", "side a": "", "1": "", "a": "",
	"partner": "other", "importer": "other", "destination": "other", "to": "other", "recipient": "other", "2": "other", "b": "other"}

// groupOf returns the group of a column: which entity of the row it names.
func groupOf(n *naming) string {
	for _, w := range n.words {
		if g, ok := groups[w]; ok {
			return g + n.typ.Name
		}
	}
	if named(n.words, n.typ) >= 60 || len(n.words) == 0 {
		return n.typ.Name
	}
	return n.typ.Name + " " + strings.Join(n.words, " ")
}

// byKey returns the key to which the values of a column belong, or nil if there is none.
func (d *drafting) byKey(c *column) (best *naming, err error) {
	score := 0
	consider := func(t *schema.Type, words [][]string, test func(string) bool, find string, known func(v string) (bool, error)) error {
		said := likeness(c.words, words)
		if len(c.values) < 3 && said < 60 || c.share(test) < 90 || c.kind.number != "" && said < 60 || d.o.Graph == nil && said < 60 {
			return nil
		}
		n := &naming{typ: t, find: find, code: true, share: -1, fits: c.share(test)}
		if d.o.Graph != nil {
			if n.share, err = d.lookUp(c.examples(sampled), known); err != nil || n.share < 50 {
				return err
			}
		}
		if s := 10*n.share + said; best == nil || s > score {
			best, score = n, s
		}
		return nil
	}
	for _, t := range d.o.Ontology.Types {
		if t.ID != nil && !t.Abstract {
			ids := [][]string{{"iso3"}, {"iso", "3"}, {"alpha", "3"}, {"iso", "a3"}, {"iso"}, {"country", "code"}, {"id"}}
			if err := consider(t, ids, t.ID.MatchString, "find "+t.Name, func(v string) (bool, error) {
				list, err := d.candidates(v, t.Name)
				return len(list) > 0 && string(list[0].ID) == v, err
			}); err != nil {
				return nil, err
			}
		}
		for _, f := range t.Fields {
			if f.Key == "" || f.Code == nil || f.Owner != t {
				continue
			}
			find, pad := "key "+f.Name, 0
			if f.Code.Form != nil && f.Code.Form.MatchString("000") {
				find, pad = "pad 3 | "+find, 3
			}
			if f.Code.Fold("a") == "A" && c.share(func(v string) bool { return len(v) < 9 && f.Code.Fold(v) != v }) > 0 {
				find = "upper | " + find
			}
			read := func(v string) (string, bool) {
				return f.Code.Find(f.Code.Fold(strings.Repeat("0", max(0, pad-len(v))) + v))
			}
			if c.kind.web {
				find = `match ([^/]+)$ | ` + find
			}
			if err := consider(t, phrases(f.Name, f.Key), func(v string) bool { _, ok := read(v); return ok }, find, func(v string) (bool, error) {
				code, _ := read(v)
				id, err := d.o.Graph.Key(d.ctx, f.Name, code)
				return id != "", err
			}); err != nil {
				return nil, err
			}
		}
	}
	return best, nil
}

// lookUp returns how many of the values are known, in percent.
func (d *drafting) lookUp(values []string, known func(string) (bool, error)) (int, error) {
	n := 0
	for i, v := range values {
		ok, err := known(v)
		if err != nil {
			return 0, err
		}
		if ok {
			n++
		}
		if i >= 7 && n == 0 {
			break
		}
	}
	return 100 * n / max(1, len(values)), nil
}

// general are column names that name the subject of the table without its type.
var general = []string{"name", "entity", "title", "label", "subject", "actor"}

// hinted returns the types that the words of a column name, the best first.
func (d *drafting) hinted(words []string) []*schema.Type {
	var list []*schema.Type
	for _, t := range d.o.Ontology.Types {
		if !t.Abstract && t.Name != schema.SourceType && named(words, t) >= 60 {
			list = append(list, t)
		}
	}
	slices.SortStableFunc(list, func(a, b *schema.Type) int { return cmp.Compare(named(words, b), named(words, a)) })
	return list
}

// byName returns the column as a naming of the type whose entities its values name, or nil if they name none.
func (d *drafting) byName(c *column) (*naming, error) {
	if c.kind.number != "" || c.kind.dated || c.kind.web || c.kind.point || c.kind.boolean || c.share(func(v string) bool { return len(v) > 80 && c.kind.split == "" }) > 20 {
		return nil, nil
	}
	hints := d.hinted(c.words)
	isGeneral := slices.ContainsFunc(c.words, func(w string) bool { return slices.Contains(general, w) })
	if d.o.Graph == nil {
		if len(hints) == 0 || hints[0].ID == nil {
			return nil, nil
		}
		return &naming{typ: hints[0], find: "find " + hints[0].Name, share: -1}, nil
	}
	if len(hints) == 0 && !isGeneral && len(c.values) < 10 && !d.relates(c) && !(len(c.words) > 0 && slices.Contains(indicators, c.words[0])) {
		return nil, nil
	}
	values := c.examples(sampled)
	n, err := d.byValues(values, hints)
	if c.kind.split == "" || err != nil {
		return n, err
	}
	if n != nil { // the whole cell, including the comma, names one entity
		c.kind.split = ""
		return n, nil
	}
	var members []string
	for _, v := range values {
		members = append(members, strings.Split(v, c.kind.split)...)
	}
	return d.byValues(members[:min(len(members), sampled)], hints)
}

// relates reports whether the name of the column is like that of a relation.
func (d *drafting) relates(c *column) bool {
	for _, name := range d.o.Ontology.Predicates() {
		f := d.o.Ontology.Predicate(name)[0]
		if f.Kind == schema.Relation && likeness(c.words, phrases(name, "")) >= 90 {
			return true
		}
	}
	return false
}

// byValues returns the type whose entities most of the values name. It tries the hinted types first.
func (d *drafting) byValues(values []string, hints []*schema.Type) (*naming, error) {
	types := make([]string, len(hints))
	for i, t := range hints {
		types[i] = t.Name
	}
	for {
		found := map[string]int{}
		for i, v := range values {
			list, err := d.candidates(strings.TrimSpace(v), types...)
			if err != nil {
				return nil, err
			}
			if len(list) > 0 && list[0].Score >= match.Threshold {
				found[list[0].Type]++
			}
			if i >= 7 && len(found) == 0 {
				break
			}
		}
		best := ""
		for _, name := range slices.Sorted(maps.Keys(found)) {
			if found[name] > found[best] {
				best = name
			}
		}
		if share := 100 * found[best] / max(1, len(values)); share >= 50 {
			return &naming{typ: d.o.Ontology.Type(best), find: "find " + best, share: share}, nil
		}
		if types == nil || len(values) == 0 {
			return nil, nil
		}
		types = nil
	}
}

// maxDoubts is how many values of a column are looked up to find uncertain names.
const maxDoubts = 400

// doubts finds names that are not certain, which an import would report as faults. It adds a table that leaves
// them out.
func (d *drafting) doubts() error {
	for _, n := range d.found {
		if !n.stated || strings.Contains(n.find, "key ") || d.o.Graph == nil {
			continue
		}
		seen := map[string]bool{}
		var unsure []entry
		for _, v := range n.column.examples(maxDoubts) {
			parts := []string{v}
			if n.column.kind.split != "" {
				parts = strings.Split(v, strings.TrimSpace(n.column.kind.split))
			}
			for _, part := range parts {
				if part = strings.TrimSpace(part); seen[part] || part == "" {
					continue
				}
				seen[part] = true
				list, err := d.candidates(part, n.typ.Name)
				if err != nil {
					return err
				}
				if _, sure := match.Sure(list, match.Threshold); !sure && len(list) > 0 && list[0].Score >= match.Doubtful {
					unsure = append(unsure, entry{from: part, note: list[0].String()})
				}
			}
		}
		if len(unsure) > 0 {
			slices.SortFunc(unsure, func(a, b entry) int { return strings.Compare(a.from, b.from) })
			name := d.table("names", append(unsure, entry{from: "*", to: "*"}))
			n.find = "table " + name + " | " + n.find
		}
	}
	return nil
}
