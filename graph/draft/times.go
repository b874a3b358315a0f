package draft

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// family are columns that are one figure in several years.
type family struct {
	pattern string // of their names
	columns []*column
}

var yearColumn = regexp.MustCompile(`^(.*?)((?:1[89]|20)\d\d)(?:\s*\[YR\d{4}\])?(.*)$`)

// years finds the columns that are years, and takes them for one, whose cell is {value}.
func (d *drafting) years() {
	families := map[string]*family{}
	for _, c := range d.columns {
		m := yearColumn.FindStringSubmatch(c.name)
		if m == nil || !c.usable() || c.filled > 0 && c.kind.number == "" || strings.ContainsAny(m[1]+m[3], "0123456789") {
			continue
		}
		estimate := strings.NewReplacer("_est_", "_", "est_", "", "_est", "")
		key := estimate.Replace(m[1]) + "\x00" + estimate.Replace(m[3])
		if families[key] == nil {
			after := ""
			if strings.Contains(c.name, "[YR") {
				after = `(?: \[YR\d{4}\])?`
			}
			families[key] = &family{pattern: regexp.QuoteMeta(m[1]) + `(?<year>\d{4})` + after + regexp.QuoteMeta(m[3])}
		} else if estimate.Replace(m[1]) != m[1] || estimate.Replace(m[3]) != m[3] {
			families[key].pattern = regexp.QuoteMeta(estimate.Replace(m[1])) + `(?:est_)?(?<year>\d{4})(?:_est)?` + regexp.QuoteMeta(estimate.Replace(m[3]))
		}
		families[key].columns = append(families[key].columns, c)
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
			d.others = append(d.others, "the columns "+f.columns[0].name+" and so on are another figure: import the table again by a mapping with wide: "+quoted(f.pattern))
			for _, c := range f.columns {
				d.used[c] = true
			}
		}
	}
}

// roles are words of columns that say when something holds, begins or ends.
var yearWords, beginWords, endWords = [][]string{{"year"}, {"data", "year"}, {"survey", "year"}, {"reference", "year"}, {"ref", "year"}, {"fiscal", "year"}, {"yr"}, {"time"}, {"period"}, {"time", "period"}, {"date"}, {"edition"}, {"survey"}},
	[][]string{{"begin"}, {"start"}, {"startdate"}, {"from"}, {"since"}, {"first"}, {"styear"}, {"entry"}, {"beginning"}, {"joined"}, {"accession"}},
	[][]string{{"end"}, {"enddate"}, {"until"}, {"to"}, {"last"}, {"endyear"}, {"exit"}, {"left"}, {"through"}}

// dates finds the columns that say when.
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

// span is the template of when a claim that begins and ends holds, and what to know about it.
func (d *drafting) span() (text, note string) {
	from := d.begin.dateText()
	if d.end == nil {
		return from + "/", ""
	}
	to := d.end.dateText()
	last := ""
	for v := range d.end.values {
		last = max(last, v)
	}
	if n := d.end.values[last]; 5*n > d.end.filled && n > 3 {
		to = strings.TrimSuffix(to, "}") + " | without " + last + "}"
		note, d.until = last+" is taken for the last day that the table covers, not for an end", last
	}
	return from + "/" + to + " ?? " + from + "/", note
}
