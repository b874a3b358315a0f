package codec

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/caspian-kg/caspian/graph"
)

// template is a text of a mapping with places for cells: {Column | filter | filter}. After ??
// comes what to take where the text before it needs an empty cell.
type template []alternative

type alternative []piece

// piece is a fixed text, or the cell of a column as its filters change it.
type piece struct {
	text    string
	column  string
	filters []filter
}

// filter changes the values of a cell. What it cannot change is an error; what it makes nothing
// of is empty.
type filter func(t *mapped, values []string) ([]string, error)

// rowNumber is the column that holds the number of the row.
const rowNumber = "#"

// values is what the template makes of a row: nothing, one text, or several by the filter split.
func (t template) values(row *mapped) ([]string, error) {
	for _, a := range t {
		values, err := a.values(row)
		if err != nil || len(values) > 0 {
			return values, err
		}
	}
	return nil, nil
}

func (a alternative) values(row *mapped) ([]string, error) {
	var text strings.Builder
	for _, p := range a {
		values := []string{p.text}
		if p.column != "" {
			var err error
			if values, err = p.values(row); err != nil || len(values) == 0 {
				return nil, err
			}
		}
		if len(a) == 1 {
			return values, nil
		}
		text.WriteString(values[0])
	}
	return []string{text.String()}, nil
}

// values is the cell of a row after its filters, without empty values.
func (p *piece) values(row *mapped) ([]string, error) {
	values := row.cell(p.column)
	for i := -1; ; i++ {
		if i >= 0 {
			var err error
			if values, err = p.filters[i](row, values); err != nil {
				return nil, err
			}
		}
		values = slices.DeleteFunc(values, func(v string) bool { return v == "" || row.empty[v] })
		if len(values) == 0 || i == len(p.filters)-1 {
			return values, nil
		}
	}
}

// readTemplate reads a template and notes the columns that it names.
func (m *Mapping) readTemplate(text string) (template, error) {
	var t template
	for _, part := range strings.Split(text, " ?? ") {
		var a alternative
		for part != "" {
			fixed, rest, found := strings.Cut(part, "{")
			if fixed != "" || !found && len(a) == 0 {
				a = append(a, piece{text: fixed})
			}
			if !found {
				break
			}
			inside, after, closed := strings.Cut(rest, "}")
			if !closed {
				return nil, fmt.Errorf("%q has a { without a }", graph.Clip(text))
			}
			p, err := m.readPiece(inside)
			if err != nil {
				return nil, err
			}
			a = append(a, p)
			part = after
		}
		t = append(t, a)
	}
	return t, nil
}

func (m *Mapping) readPiece(inside string) (piece, error) {
	words := strings.Split(inside, " | ")
	p := piece{column: strings.TrimSpace(words[0])}
	if p.column == "" {
		return p, fmt.Errorf("{%s} names no column", graph.Clip(inside))
	}
	if p.column != rowNumber && !slices.Contains(m.columns, p.column) {
		m.columns = append(m.columns, p.column)
	}
	for _, w := range words[1:] {
		name, argument, _ := strings.Cut(strings.TrimSpace(w), " ")
		of, known := filters[name]
		if !known {
			return p, fmt.Errorf("there is no filter %q; the filters are %s", graph.Clip(name), strings.Join(filterNames, ", "))
		}
		f, err := of(m, argument)
		if err != nil {
			return p, fmt.Errorf("the filter %s: %w", name, err)
		}
		p.filters = append(p.filters, f)
	}
	return p, nil
}

// filterNames are the names of filters in the order of the documentation.
var filterNames = []string{"lower", "upper", "slug", "first", "without", "split", "match", "table", "key"}

var filters = map[string]func(m *Mapping, argument string) (filter, error){
	"lower": func(*Mapping, string) (filter, error) { return each(strings.ToLower), nil },
	"upper": func(*Mapping, string) (filter, error) { return each(strings.ToUpper), nil },
	"slug":  func(*Mapping, string) (filter, error) { return each(Slug), nil },
	"first": func(_ *Mapping, a string) (filter, error) {
		n, err := strconv.Atoi(a)
		if err != nil || n < 1 {
			return nil, fmt.Errorf("%q is not a number of characters", graph.Clip(a))
		}
		return each(func(v string) string { r := []rune(v); return string(r[:min(n, len(r))]) }), nil
	},
	"without": func(_ *Mapping, a string) (filter, error) {
		if a == "spaces" {
			a = " "
		}
		return each(func(v string) string { return strings.ReplaceAll(v, a, "") }), nil
	},
	"split": func(_ *Mapping, a string) (filter, error) {
		if a == "" {
			return nil, fmt.Errorf("it needs what is between the values, such as split ;")
		}
		return func(_ *mapped, values []string) (out []string, err error) {
			for _, v := range values {
				for part := range strings.SplitSeq(v, a) {
					out = append(out, strings.TrimSpace(part))
				}
			}
			return out, nil
		}, nil
	},
	"match": func(_ *Mapping, a string) (filter, error) {
		re, err := regexp.Compile(a)
		if err != nil {
			return nil, err
		}
		group := min(1, re.NumSubexp())
		return each(func(v string) string {
			if m := re.FindStringSubmatch(v); m != nil {
				return m[group]
			}
			return ""
		}), nil
	},
	"table": func(m *Mapping, a string) (filter, error) {
		return func(_ *mapped, values []string) (out []string, err error) {
			for _, v := range values {
				to, ok := m.tables[a][v]
				if !ok {
					return nil, fmt.Errorf("the table %s of the mapping has no %q", a, graph.Clip(v))
				}
				out = append(out, to)
			}
			return out, nil
		}, nil
	},
	"key": func(_ *Mapping, a string) (filter, error) {
		if a == "" {
			return nil, fmt.Errorf("it needs a key of the ontology, such as key iso2")
		}
		return func(t *mapped, values []string) (out []string, err error) {
			if t.find == nil {
				return nil, fmt.Errorf("entities can be found by %s only where there is a store; import it into one", a)
			}
			for _, v := range values {
				id, err := t.find(a, v)
				if err != nil {
					return nil, err
				}
				if id == "" {
					return nil, fmt.Errorf("no entity has the %s %q", a, graph.Clip(v))
				}
				out = append(out, string(id))
			}
			return out, nil
		}, nil
	},
}

// each is the filter that changes every value by itself.
func each(change func(string) string) filter {
	return func(_ *mapped, values []string) ([]string, error) {
		for i, v := range values {
			values[i] = strings.TrimSpace(change(v))
		}
		return values, nil
	}
}
