package codec

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/caspian-kg/caspian/graph"
)

// filter changes the values of a cell. A value that it cannot change is an error. A value that becomes nothing
// becomes "".
type filter func(t *mapped, values []string) ([]string, error)

// filterNames lists the names of the filters in the order of the documentation.
var filterNames = []string{"lower", "upper", "slug", "line", "first", "pad", "without", "split", "match", "table", "number", "percent", "times", "date", "key", "find"}

// filters maps each name to the function that makes the filter. argument is the text after the name in the
// mapping.
var filters = map[string]func(m *Mapping, argument string) (filter, error){
	"lower": func(*Mapping, string) (filter, error) { return each(strings.ToLower), nil },
	"upper": func(*Mapping, string) (filter, error) { return each(strings.ToUpper), nil },
	"slug":  func(*Mapping, string) (filter, error) { return each(Slug), nil },
	"line": func(*Mapping, string) (filter, error) {
		return each(func(v string) string { return strings.Join(strings.Fields(v), " ") }), nil
	},
	"first": func(_ *Mapping, a string) (filter, error) {
		n, err := count(a)
		return each(func(v string) string { r := []rune(v); return string(r[:min(n, len(r))]) }), err
	},
	"pad": func(_ *Mapping, a string) (filter, error) {
		n, err := count(a)
		return each(func(v string) string { return strings.Repeat("0", max(0, n-len(v))) + v }), err
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
		return all(func(v string) ([]string, error) { return strings.Split(v, a), nil }), nil
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
		return all(func(v string) ([]string, error) {
			to, ok := m.tables[a][v]
			if !ok {
				to, ok = m.tables[a][others]
			}
			if !ok {
				return nil, fmt.Errorf("the table %s of the mapping has no %q", a, graph.Clip(v))
			}
			if to == others {
				to = v
			}
			return []string{to}, nil
		}), nil
	},
	"number": func(_ *Mapping, a string) (filter, error) {
		if a != "" && a != "," {
			return nil, fmt.Errorf("write number, or number followed by a comma if a comma separates the decimals, not %q", graph.Clip(a))
		}
		return figures(func(v string) (string, error) { return plainNumber(v, a == ",") }), nil
	},
	"percent": func(_ *Mapping, a string) (filter, error) {
		return figures(func(v string) (string, error) { return scaled(strings.TrimRight(v, "% \u00a0\u202f"), "0.01") }), nil
	},
	"times": func(_ *Mapping, a string) (filter, error) {
		if _, err := scaled("1", a); err != nil {
			return nil, err
		}
		return figures(func(v string) (string, error) { return scaled(v, a) }), nil
	},
	"date": func(_ *Mapping, a string) (filter, error) {
		forms, err := dateForms(a)
		return all(func(v string) ([]string, error) { return one(isoDate(v, forms, a)) }), err
	},
	"key": func(_ *Mapping, a string) (filter, error) {
		if a == "" {
			return nil, fmt.Errorf("it needs a key of the ontology, as in \"key iso2\"")
		}
		return found(func(t *mapped, v string) (graph.ID, error) {
			id, err := t.find.Key(t.ctx, a, v)
			if err == nil && id == "" {
				err = &Unknown{fmt.Sprintf("no entity has the %s %q", a, graph.Clip(v))}
			}
			return id, err
		}), nil
	},
	"find": findNamed,
}

// findNamed makes the filter that finds an entity by an id, a code or a name. It is written as find City, or as
// find City in land, where the column land has the id of an entity with which the city is linked. Several types
// are separated by commas.
func findNamed(m *Mapping, a string) (filter, error) {
	types, in, _ := strings.Cut(a, " in ")
	if in = strings.TrimSpace(in); in != "" {
		m.need(in)
	}
	if strings.TrimSpace(types) == "" {
		return nil, fmt.Errorf("it needs a type of the ontology, such as find Country")
	}
	list := strings.Split(strings.ReplaceAll(types, " ", ""), ",")
	return found(func(t *mapped, v string) (graph.ID, error) {
		n := Named{Text: v, Types: list, Optional: t.optional, At: t.rec.Position("")}
		if in != "" {
			ids, err := t.cell(in)
			if err != nil {
				return "", err
			}
			if len(ids) > 0 {
				n.In = graph.ID(ids[0])
			}
		}
		return t.find.Named(t.ctx, n)
	}), nil
}

// others is the entry of a table for all words that the table does not list. As the result of an entry, it
// means the word itself.
const others = "*"

// count reads a number of characters.
func count(argument string) (int, error) {
	n, err := strconv.Atoi(argument)
	if err != nil || n < 1 || n > 100 {
		return 0, fmt.Errorf("%q is not a number of characters", graph.Clip(argument))
	}
	return n, nil
}

// each returns the filter that changes each value separately.
func each(change func(string) string) filter {
	return func(_ *mapped, values []string) ([]string, error) {
		for i, v := range values {
			values[i] = change(v)
		}
		return values, nil
	}
}

// all returns the filter that replaces each value by several. It returns the error of the first value that it
// cannot change.
func all(change func(string) ([]string, error)) filter {
	return func(_ *mapped, values []string) (out []string, err error) {
		for _, v := range values {
			made, err := change(v)
			if err != nil {
				return nil, err
			}
			out = append(out, made...)
		}
		return out, nil
	}
}

func one(v string, err error) ([]string, error) { return []string{v}, err }

// found returns the filter that replaces each value by the entity that find finds.
func found(find func(t *mapped, v string) (graph.ID, error)) filter {
	return func(t *mapped, values []string) ([]string, error) {
		if t.find == nil {
			return nil, fmt.Errorf("find looks up entities in a store; import the table into a store")
		}
		for i, v := range values {
			id, err := find(t, v)
			if err != nil {
				return nil, err
			}
			values[i] = string(id)
		}
		return values, nil
	}
}
