package draft

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
)

// write returns the text of the draft.
func (d *drafting) write() string {
	var b strings.Builder
	source := d.source()
	fmt.Fprintf(&b, "# A draft for %s, by its columns and %s. Read the comments, and correct what is not so.\n", plainText(d.file.base()), count(d.rows, "row"))
	d.writeForm(&b)
	fmt.Fprintf(&b, "defaults:\n  source: %s\n  %s\n  confidence: 0.7 # how sure this source is, from 0 to 1\n", source, d.locator())
	fmt.Fprintf(&b, "entities:\n  %s: # an id of your choice, here and above\n    type: Source\n    _: {source: %s}\n    name: %s # its title\n", source, source, codec.QuoteYAML(d.title()))
	if d.until != "" {
		fmt.Fprintf(&b, "    coversUntil: %s # the last day of the table\n", codec.QuoteYAML(d.until))
	}
	b.WriteString("    # Fill in, and remove the # before each:\n    # date: 2024 # when it was published: without it, undated claims hold on no day for certain\n")
	b.WriteString("    # publisher:\n    # licence:\n    # url:\n")
	var rows strings.Builder
	d.writeRows(&rows) // also collects the tables
	d.writeTables(&b)
	if d.about != nil {
		d.lets = append([]*let{{name: d.subjectName(), of: d.about}}, d.lets...)
	}
	for i, l := range d.lets {
		if i == 0 {
			b.WriteString("let:\n")
		}
		note := ""
		if l.text == "" {
			note = " # what is not found is left out"
		}
		fmt.Fprintf(&b, "  %s: %s%s\n", l.name, codec.QuoteYAML(l.of.text()+" ?? "+l.text), note)
	}
	b.WriteString(rows.String())
	d.writeRest(&b)
	return b.String()
}

// base returns the name of the file without its folder.
func (f File) base() string {
	return path.Base(strings.ReplaceAll(f.Name, `\`, "/"))
}

func count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

// source returns an id for the source.
func (d *drafting) source() string {
	// YAML reads null as an empty value.
	if id := codec.Slug(d.title()); id != "null" && graph.CheckID(graph.ID(id)) == nil {
		return id
	}
	return "my-source"
}

// subjectName returns the name of the text in the part let that finds the subject.
func (d *drafting) subjectName() string {
	return d.free(slugOf(d.typ))
}

// locator returns the template of the locator of a claim.
func (d *drafting) locator() string {
	const unique = " # where a claim is found: no two rows have the same here"
	one := func(c *column) bool {
		return c != nil && c.usable() && c.filled == d.rows && d.unique(c) && c.share(func(v string) bool { return len(v) <= 40 }) == 100 && !(c.kind.number != "" && !c.kind.whole)
	}
	for _, c := range d.columns {
		if named := slices.ContainsFunc(c.words, func(w string) bool { return slices.Contains(codeWords, w) }); (c == d.label || named && d.year == nil && d.about == nil) && one(c) {
			return "at: " + codec.QuoteYAML("{"+c.name+"}") + unique
		}
	}
	var keys []*column
	if d.about != nil && d.about.column.usable() {
		keys = append(keys, d.about.column)
	}
	for _, n := range d.found {
		if !slices.Contains(keys, n.column) && n.stated && (d.about == nil || n.group != d.about.group) {
			keys = append(keys, n.column)
		}
	}
	for _, c := range []*column{d.of, d.begin, d.year} {
		if c != nil && c.usable() {
			keys = append(keys, c)
		}
	}
	if len(keys) > 0 && d.unique(keys...) {
		var names []string
		for _, c := range keys {
			names = append(names, "{"+c.name+"}")
		}
		note := unique
		if d.rows > maxKept {
			note = fmt.Sprintf(" # where a claim is found: no two of the first %d rows have the same here", maxKept)
		}
		return "at: " + codec.QuoteYAML(strings.Join(names, " ")) + note
	}
	for _, c := range d.columns {
		if d.rows >= 50 && one(c) {
			return "at: " + codec.QuoteYAML("{"+c.name+"}") + unique
		}
	}
	return `# at: "{Code}" # where a claim is found; without it the number of the row, which another edition may change`
}

func (d *drafting) writeForm(b *strings.Builder) {
	var parts []string
	add := func(key, text string) { parts = append(parts, key+": "+text) }
	f := d.form
	if f.Separator != 0 {
		add("separator", codec.QuoteYAML(string(f.Separator)))
	}
	if f.Skip > 0 {
		add("skip", fmt.Sprint(f.Skip))
	}
	if f.Encoding != "" {
		add("encoding", f.Encoding)
	}
	if f.Records != "" {
		add("records", codec.QuoteYAML(f.Records))
	}
	if f.Head != nil {
		add("head", "["+strings.Join(f.Head, ", ")+"]")
	}
	if len(parts) > 0 {
		fmt.Fprintf(b, "file: {%s}%s\n", strings.Join(parts, ", "), comment(joinNotes(d.notes...)))
	}
	if len(d.empty) > 0 {
		texts := make([]string, len(d.empty))
		for i, e := range d.empty {
			texts[i] = codec.QuoteYAML(e)
		}
		fmt.Fprintf(b, "empty: [%s] # what seems to stand for an empty cell\n", strings.Join(texts, ", "))
	}
	if d.wide != nil {
		fmt.Fprintf(b, "wide: %s # a row of each of these %d columns; {value} is the cell\n", codec.QuoteYAML(d.wide.pattern), len(d.wide.columns))
	}
}

// plainText returns a text in a form that is valid in a comment.
func plainText(text string) string {
	return strings.Map(func(c rune) rune {
		if !unicode.IsPrint(c) {
			return ' '
		}
		return c
	}, strings.ToValidUTF8(text, "?"))
}

func comment(text string) string {
	if text == "" {
		return ""
	}
	return " # " + plainText(text)
}

func (d *drafting) writeTables(b *strings.Builder) {
	for i, name := range d.order {
		if i == 0 {
			b.WriteString("tables:\n")
		}
		fmt.Fprintf(b, "  %s:\n", name)
		for _, e := range d.tables[name] {
			note := e.note
			if note == "" && e.to == "" && e.from != "*" {
				note = "left out; put in what it is"
			} else if note != "" {
				note = "not sure, so left out: " + note
			}
			fmt.Fprintf(b, "    %s: %s%s\n", codec.QuoteYAML(e.from), codec.QuoteYAML(e.to), comment(note))
		}
	}
}

// writeRows writes the claims of each row.
func (d *drafting) writeRows(b *strings.Builder) {
	b.WriteString("rows:\n")
	id := d.id
	switch {
	case d.typ == nil:
		b.WriteString("  # What the rows are about is not clear. Choose an id and a type, as in the comments below:\n")
		b.WriteString("  \"{?id}\":\n    name: \"{?name}\"\n")
		return
	case d.about != nil:
		id = "{" + d.subjectName() + "}"
	}
	for _, m := range d.made {
		fmt.Fprintf(b, "  %s:%s\n    type: %s\n", codec.QuoteYAML(m.id), comment(m.note), m.typ)
		for _, l := range m.parts {
			fmt.Fprintf(b, "    %s: %s\n", l.name, l.text())
		}
	}
	fmt.Fprintf(b, "  %s:%s\n", codec.QuoteYAML(id), comment(d.why))
	if d.label != nil {
		fmt.Fprintf(b, "    type: %s\n", d.typ.Name)
	}
	byName := map[string][]*line{}
	var order []string
	for _, l := range d.fields {
		if byName[l.name] == nil {
			order = append(order, l.name)
		}
		byName[l.name] = append(byName[l.name], l)
	}
	for _, name := range order {
		list := byName[name]
		if len(list) == 1 {
			fmt.Fprintf(b, "    %s: %s%s\n", name, list[0].text(), comment(list[0].note))
			continue
		}
		fmt.Fprintf(b, "    %s:\n", name)
		for _, l := range list {
			fmt.Fprintf(b, "      - %s%s\n", l.text(), comment(l.note))
		}
	}
	if d.about != nil && len(d.fields) == 0 {
		b.WriteString("    # No column is like a field of it. Choose from the columns below, as in:\n    name: {value: \"{?name}\"}\n")
	}
}

// text returns a claim in the form of a mapping.
func (l *line) text() string {
	if len(l.parts) == 1 && (l.parts[0].key == "" || l.parts[0].key == "value") {
		return codec.QuoteYAML(l.parts[0].text)
	}
	var parts []string
	for _, p := range l.parts {
		text := p.text
		if p.entity != nil {
			text = p.entity.text() + " ?? "
		}
		key := p.key
		if key == "" {
			key = "value"
		}
		parts = append(parts, key+": "+codec.QuoteYAML(text))
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// shownColumns is the most unused columns that are listed.
const shownColumns = 60

// writeRest lists the columns that the draft does not use.
func (d *drafting) writeRest(b *strings.Builder) {
	var rest []string
	for _, c := range d.columns {
		if d.used[c] || c == d.year || c == d.begin || c == d.end || strings.Contains(d.id, "{"+c.name+" ") {
			continue
		}
		name := c.name
		switch {
		case c.filled == 0:
			rest = append(rest, codec.QuoteYAML(name)+": empty")
			continue
		case !c.usable():
			name = codec.QuoteYAML(name) + " (a mapping cannot name it: rename it)"
		}
		var examples []string
		for _, v := range c.examples(3) {
			examples = append(examples, graph.Clip(strings.Join(strings.Fields(v), " ")))
		}
		rest = append(rest, fmt.Sprintf("%s: %s, such as %s", name, count(len(c.values), "value"), strings.Join(examples, ", ")))
	}
	for _, o := range d.others {
		fmt.Fprintf(b, "# Perhaps: %s\n", plainText(strings.Join(strings.Fields(o), " ")))
	}
	if len(rest) == 0 {
		return
	}
	b.WriteString("# Not used:\n")
	for i, r := range rest {
		if i == shownColumns {
			fmt.Fprintf(b, "#   and %d more columns\n", len(rest)-i)
			break
		}
		fmt.Fprintf(b, "#   %s\n", plainText(r))
	}
}
