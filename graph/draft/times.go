package draft

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/caspian-kg/caspian/graph/codec"
)

// family is a group of columns with one figure, each for another year.
type family struct {
	pattern string // matches the names of the columns
	columns []*column
}

var (
	yearColumn = regexp.MustCompile(`^(.*?)((?:1[89]|20)\d\d)(?:\s*\[YR\d{4}\])?(.*)$`)
	// The patterns match words that mark the figure of a year as an estimate.
	estimateBefore = regexp.MustCompile(`(^|_)est_$`)
	estimateAfter  = regexp.MustCompile(`^_est(_|$)`)
)

// years finds the columns that are years, and replaces them by one column, whose cell is {value}.
func (d *drafting) years() {
	families := map[string]*family{}
	for _, c := range d.columns {
		m := yearColumn.FindStringSubmatch(c.name)
		if m == nil || !c.usable() || c.filled > 0 && c.kind.number == "" || strings.ContainsAny(m[1]+m[3], "0123456789") {
			continue
		}
		before, after := estimateBefore.ReplaceAllString(m[1], "$1"), estimateAfter.ReplaceAllString(m[3], "$1")
		key := before + "\x00" + after
		f := families[key]
		if f == nil {
			repeated := ""
			if strings.Contains(c.name, "[YR") {
				repeated = `(?: \[YR\d{4}\])?`
			}
			f = &family{pattern: regexp.QuoteMeta(before) + `(?<year>\d{4})` + repeated + regexp.QuoteMeta(after)}
			families[key] = f
		}
		if before != m[1] || after != m[3] {
			f.pattern = regexp.QuoteMeta(before) + `(?:est_)?(?<year>\d{4})(?:_est)?` + regexp.QuoteMeta(after)
		}
		f.columns = append(f.columns, c)
	}
	list := slices.SortedFunc(maps.Values(families), func(a, b *family) int {
		return cmp.Or(cmp.Compare(len(b.columns), len(a.columns)), strings.Compare(a.pattern, b.pattern))
	})
	if len(list) == 0 || len(list[0].columns) < 2 {
		return
	}
	d.wide = list[0]
	all := &column{name: "value", number: -1, values: map[string]int{}}
	for _, c := range d.wide.columns {
		d.used[c] = true
		all.filled += c.filled
		for v, n := range c.values {
			if len(all.values) < maxDistinct {
				all.values[v] += n
			}
		}
		name := yearColumn.FindStringSubmatch(c.name)
		all.header = headerOf(d.o.Ontology, name[1]+" "+name[3])
	}
	all.classify()
	d.value = all
	for _, f := range list[1:] {
		if len(f.columns) > 1 {
			d.others = append(d.others, "the columns "+f.columns[0].name+" and so on are another figure: import the table again by a mapping with wide: "+codec.QuoteYAML(f.pattern))
			for _, c := range f.columns {
				d.used[c] = true
			}
		}
	}
}

// The words are names of columns that say when something holds, begins or ends.
var yearWords, beginWords, endWords = [][]string{{"year"}, {"data", "year"}, {"survey", "year"}, {"reference", "year"}, {"ref", "year"}, {"fiscal", "year"}, {"yr"}, {"time"}, {"period"}, {"time", "period"}, {"date"}, {"edition"}, {"survey"}},
	[][]string{{"begin"}, {"start"}, {"startdate"}, {"from"}, {"since"}, {"first"}, {"styear"}, {"entry"}, {"beginning"}, {"joined"}, {"accession"}},
	[][]string{{"end"}, {"enddate"}, {"until"}, {"to"}, {"last"}, {"endyear"}, {"exit"}, {"left"}, {"through"}}

// dates finds the columns with dates of validity.
func (d *drafting) dates() {
	find := func(words [][]string, least int) (best *column) {
		most := 0
		for _, c := range d.columns {
			if !c.usable() || !c.kind.dated || d.used[c] {
				continue
			}
			if like := likeness(c.words, words); like >= least && like > most {
				best, most = c, like
			}
		}
		return best
	}
	d.begin, d.end = find(beginWords, likely), find(endWords, likely)
	if d.begin == nil || d.begin == d.end {
		d.begin, d.end = nil, nil
	}
	d.year = find(yearWords, 98)
	if d.year == d.begin || d.year == d.end {
		d.year = nil
	}
}

// span returns the template of the valid time of a claim that begins and ends, and a note about it.
func (d *drafting) span() (text, note string) {
	from := d.begin.dateText()
	if d.end == nil {
		return from + "/", ""
	}
	to := d.end.dateText()
	last, rows, read := "", map[string]int{}, d.end.day()
	for v, n := range d.end.values {
		day := read(v)
		last, rows[day] = max(last, day), rows[day]+n
	}
	if n := rows[last]; 5*n > d.end.filled && n > 3 {
		to = strings.TrimSuffix(to, "}") + " | without " + last + "}"
		note, d.until = last+" is taken for the last day that the table covers, not for an end", last
	}
	return from + "/" + to + " ?? " + from + "/", note
}
