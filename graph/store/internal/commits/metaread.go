package commits

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/caspian-kg/caspian/graph"
)

// metaReader reads meta literals. It reads the form that appendMeta writes, five times faster than
// encoding/json, which it uses for all other forms. A replay spends most of its time here.
type metaReader struct {
	s     string
	i     int
	times map[string]graph.Interval // cached, because a few valid times recur
}

// read fills in a claim from its meta literal. The claim's texts share the
// literal's memory.
func (r *metaReader) read(s string, c *graph.Claim) error {
	var m metaJSON
	r.s, r.i = s, 0
	if !r.object(&m) || r.i != len(s) {
		m = metaJSON{}
		if err := json.Unmarshal([]byte(s), &m); err != nil {
			return fmt.Errorf("meta: %w", err)
		}
	}
	if err := r.fill(&m, c); err != nil {
		return fmt.Errorf("meta: %w", err)
	}
	return nil
}

func (r *metaReader) fill(m *metaJSON, c *graph.Claim) error {
	var err error
	if c.Valid, err = r.interval(m.Valid); err != nil {
		return err
	}
	c.Source, c.Locator, c.Confidence = graph.ID(m.Source), m.Locator, m.Confidence
	c.AttributedTo, c.Original, c.Conflict, c.Note = m.To, m.Original, m.Conflict, m.Note
	if c.Rank, err = graph.ParseRank(m.Rank); err != nil {
		return err
	}
	if c.Attribution, err = graph.ParseAttribution(m.Attribution); err != nil {
		return err
	}
	if len(m.Qualifiers) > 0 {
		c.Qualifiers = make([]graph.QualifierValue, len(m.Qualifiers))
	}
	for i, q := range m.Qualifiers {
		kind, ok := graph.ParseKind(q[1])
		if !ok {
			return fmt.Errorf("qualifier %s: %q is not a kind of value", q[0], q[1])
		}
		v, err := parseValue(kind, q[2])
		if err != nil {
			return fmt.Errorf("qualifier %s: %w", q[0], err)
		}
		c.Qualifiers[i] = graph.QualifierValue{Name: q[0], Value: v}
	}
	return nil
}

func (r *metaReader) interval(s string) (graph.Interval, error) {
	if iv, ok := r.times[s]; ok || s == "" {
		return iv, nil
	}
	iv, err := graph.ParseInterval(s)
	if err != nil {
		return iv, err
	}
	if r.times == nil || len(r.times) >= 1<<14 {
		r.times = make(map[string]graph.Interval)
	}
	r.times[strings.Clone(s)] = iv
	return iv, nil
}

// object reads the whole object. It returns false if the form is another.
func (r *metaReader) object(m *metaJSON) bool {
	if !r.is('{') {
		return false
	}
	if r.is('}') {
		return true
	}
	for {
		key, ok := r.text()
		if !ok || !r.is(':') {
			return false
		}
		switch key {
		case "q":
			ok = r.qualifiers(m)
		case "t":
			m.Valid, ok = r.text()
		case "s":
			m.Source, ok = r.text()
		case "l":
			m.Locator, ok = r.text()
		case "c":
			m.Confidence, ok = r.number()
		case "r":
			m.Rank, ok = r.text()
		case "a":
			m.Attribution, ok = r.text()
		case "to":
			m.To, ok = r.text()
		case "o":
			m.Original, ok = r.text()
		case "k":
			m.Conflict, ok = r.text()
		case "n":
			m.Note, ok = r.text()
		default:
			ok = false
		}
		if !ok {
			return false
		}
		if !r.is(',') {
			return r.is('}')
		}
	}
}

func (r *metaReader) qualifiers(m *metaJSON) bool {
	if m.Qualifiers != nil || !r.is('[') {
		return false
	}
	for {
		var q [3]string
		for i := range q {
			open := byte(',')
			if i == 0 {
				open = '['
			}
			var ok bool
			if !r.is(open) {
				return false
			}
			if q[i], ok = r.text(); !ok {
				return false
			}
		}
		if !r.is(']') {
			return false
		}
		m.Qualifiers = append(m.Qualifiers, q)
		if !r.is(',') {
			return r.is(']')
		}
	}
}

func (r *metaReader) is(c byte) bool {
	if r.i < len(r.s) && r.s[r.i] == c {
		r.i++
		return true
	}
	return false
}

func (r *metaReader) text() (string, bool) {
	if !r.is('"') {
		return "", false
	}
	start, escaped, ascii := r.i, false, true
	for ; r.i < len(r.s); r.i++ {
		switch c := r.s[r.i]; {
		case c == '\\':
			escaped = true
			r.i++
		case c < ' ':
			return "", false
		case c >= utf8.RuneSelf:
			ascii = false
		case c == '"':
			r.i++
			if escaped {
				return unquote(r.s[start-1 : r.i])
			}
			s := r.s[start : r.i-1]
			return s, ascii || utf8.ValidString(s)
		}
	}
	return "", false
}

// unquote is a separate function because its variable escapes to the heap.
func unquote(s string) (text string, ok bool) {
	err := json.Unmarshal([]byte(s), &text)
	return text, err == nil
}

func (r *metaReader) number() (float64, bool) {
	start := r.i
	for r.i < len(r.s) && r.s[r.i] != ',' && r.s[r.i] != '}' {
		r.i++
	}
	s := r.s[start:r.i]
	// Go's syntax of numbers has more forms than JSON's. appendMeta usually writes 0.95, 0 or 1.
	if strings.Trim(s, "0123456789.") != "" || len(s) > 1 && s[0] == '0' && s[1] != '.' || s == "" || s[0] == '.' || s[len(s)-1] == '.' {
		return 0, false
	}
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil
}
