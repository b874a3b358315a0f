package factbook

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/datasets/internal/facts"
)

// holder is one person in the text about an office.
type holder struct {
	title title  // title.title is "" if the text prints no title
	name  string // as printed, without honorifics: Kasym-Zhomart TOKAYEV
	since graph.Interval
	// bare marks a date that the text prints without "since".
	bare bool
	// represents marks the representative of a head of state who lives in another
	// country.
	represents bool
}

var (
	officeDates = regexp.MustCompile(`^(?:chairperson )?since ((?:\d{1,2} )?(?:(?:` + months + `) )?\d{4})(?:[,;].*)?$`)
	officeTerm  = regexp.MustCompile(`^for the period (\d{1,2} \p{L}+ \d{4}) - (\d{1,2} \p{L}+ \d{4})$`)
	spelled     = regexp.MustCompile(`; also (?:spelled|referred to as) [^()]*`)
	ofLand      = regexp.MustCompile(` of (?:the )?\p{Lu}\p{L}+$`)
	honorific   = regexp.MustCompile(`^(?:Sir|Dame|Dr\.|Gen\.|General|Col\.|Capt\.|Sr\.|Archbishop|Ratu|Grand Chief|Air Vice-Marshal|Crown Prince) `)
	roman       = regexp.MustCompile(`^[IVX]+$`)
	initial     = regexp.MustCompile(`\b\p{Lu}\. `)
	particles   = " al el de der da do dos del la van von bin ibni i e ould ag arap wa d' "
)

// parseHolders parses the text about an office, such as President XI Jinping (since 14 March 2013). The text
// may name representatives and several holders. unread has the parts that name nobody, or nobody with
// certainty.
func parseHolders(text string, titles []title) (found []holder, unread []string) {
	text = spelled.ReplaceAllString(text, "")
	text = strings.NewReplacer(", represented by ", "; represented by ", ", Jr.", " Jr.").Replace(text)
	for i, seg := range splitOutside(text, ";") {
		rest := strings.TrimPrefix(seg, "and ")
		h := holder{}
		rest, h.represents = strings.CutPrefix(rest, "represented by ")
		for _, t := range titles {
			if after, ok := strings.CutPrefix(rest, t.printed+" "); ok {
				h.title, rest = t, after
				break
			}
		}
		name, remark := h.dates(rest)
		for cut := honorific.FindString(name); cut != ""; cut = honorific.FindString(name) {
			name = name[len(cut):]
		}
		name = ofLand.ReplaceAllString(name, "")
		// If there is no title, only the first words of a text may be a name, and only if they can mean nothing
		// else.
		certain := h.title.printed != "" || i == 0 || h.represents
		if !certain || name == "" || !nameLike(name) {
			unread = append(unread, seg)
			continue
		}
		if remark != "" {
			unread = append(unread, remark)
		}
		for _, n := range strings.Split(name, " and ") {
			h.name = n
			found = append(found, h)
		}
	}
	return found, unread
}

// dates separates a text such as name (since 20 March 2019) into the name and the date, which it stores in h.
func (h *holder) dates(text string) (name, remark string) {
	name = text
	for _, b := range inBrackets.FindAllStringSubmatch(text, -1) {
		if m := officeDates.FindStringSubmatch(b[1]); m != nil {
			if d, ok := parseDay(m[1]); ok {
				h.since = graph.Interval{From: d, To: graph.OpenDate}
			}
		} else if m := officeTerm.FindStringSubmatch(b[1]); m != nil {
			from, ok1 := parseDay(m[1])
			to, ok2 := parseDay(m[2])
			if iv := (graph.Interval{From: from, To: to}); ok1 && ok2 && iv.Check() == nil {
				h.since = iv
			}
		} else if d, ok := parseDay(b[1]); ok && len(b[1]) > 4 {
			// The only date that an entry gives for a holder is the start.
			h.since, h.bare = graph.Interval{From: d, To: graph.OpenDate}, true
		} else {
			continue // a nickname or another title
		}
		name = strings.Replace(name, b[0], "", 1)
	}
	name, rest, _ := strings.Cut(strings.TrimSpace(name), ", ")
	if rest = facts.WithoutBrackets(rest); rest != "" {
		remark = rest
	}
	return facts.Tidy(name), remark
}

// nameLike reports whether a text looks like a name and not like a clause: every word has a capital or is a
// particle.
func nameLike(name string) bool {
	words := strings.Fields(facts.WithoutBrackets(name))
	capitals := false
	for _, w := range words {
		r, _ := utf8.DecodeRuneInString(strings.TrimLeft(w, `"'’`))
		switch {
		case unicode.IsUpper(r):
			capitals = true
		case w == "and" || strings.Contains(particles, " "+w+" "):
		case strings.HasPrefix(w, "al-") || strings.HasPrefix(w, "d'") || strings.HasPrefix(w, "d’"):
			capitals = true
		default:
			return false
		}
	}
	return capitals && len(words) <= 9
}

// personName converts a name with capitals of the Factbook to the usual form, such as Sanae Takaichi.
func personName(printed string) string {
	words := strings.Fields(facts.WithoutBrackets(strings.ReplaceAll(printed, `"`, "")))
	inCapitals := false
	for i, w := range words {
		if !shouted(w) {
			inCapitals = false
			continue
		}
		switch {
		case i > 0 && roman.MatchString(w): // such as Frederik X
		case inCapitals && strings.Contains(particles, " "+strings.ToLower(w)+" "):
			words[i] = strings.ToLower(w)
		default:
			words[i] = titleCase(w)
		}
		inCapitals = true
	}
	return strings.Join(words, " ")
}

// shouted reports whether a word is a family name in capitals. It may begin with a particle such as al-, or
// have several parts.
func shouted(w string) bool {
	run := 0
	for _, r := range w {
		switch {
		case unicode.IsUpper(r):
			if run++; run == 2 {
				return true
			}
		case r == '\'' || r == '’':
		default:
			run = 0
		}
	}
	return false
}

// titleCase returns a name in which only the first letter of each part is a capital. A new part also begins after
// one letter and an apostrophe: D'Alema, O'Neill, but al-Qa'ud.
func titleCase(w string) string {
	var b strings.Builder
	start, letters := true, 0
	for i, r := range w {
		switch {
		case start && unicode.IsLower(r) && strings.HasPrefix(w[i:], "al-"):
			b.WriteRune(r)
			start = false
			continue
		case start:
			b.WriteRune(r)
		default:
			b.WriteRune(unicode.ToLower(r))
		}
		letters++
		apostrophe := r == '\'' || r == '’'
		if start = r == '-' || r == '.' || apostrophe && letters == 2; start {
			letters = 0
		}
	}
	return b.String()
}

// leaders states who holds the highest offices of the country.
func (e *entry) leaders() {
	const branch = "Government/Executive branch/"
	e.office(branch+"chief of state", "HEAD_OF_STATE")
	e.office(branch+"head of government", "HEAD_OF_GOVERNMENT")
}

func (e *entry) office(at, role string) {
	text := e.text(at)
	if notKnown(text) {
		return
	}
	found, unread := parseHolders(text, e.names.titles)
	for i, h := range found {
		if role == "HEAD_OF_GOVERNMENT" && e.implausible(h) {
			e.Remark(e.place(at), "%s since %s is older than %d years, and no row of names/terms.csv confirms it: stated without a start", h.name, h.since.From, longTerm)
			h.since = graph.Interval{}
		}
		switch {
		case h.represents:
			e.holds(at, "REPRESENTATIVE", h)
		case i > 0 && h.title.title != found[0].title.title:
			// If the text has two offices, only the first is certain to be the requested one.
			e.unread(at, h.title.printed+" "+h.name)
		default:
			e.holds(at, role, h)
		}
	}
	for _, u := range unread {
		e.unread(at, u)
	}
}

// roleTitles maps a role to the name of its office. It is used if the text prints no title, or the title of
// another country.
var roleTitles = map[string]string{
	"HEAD_OF_STATE": "Head of state", "HEAD_OF_GOVERNMENT": "Head of government", "REPRESENTATIVE": "Representative of the head of state",
}

// position declares the position of an office. Its name is the title, or, for a territory whose head of state
// is that of another country, the role.
func (e *entry) position(at, role string, t title) graph.ID {
	o := officeOf(t.title, role, e.country, e.names)
	if e.text("Government/Dependency status") != "" && role == "HEAD_OF_STATE" {
		o = officeOf("", role, e.country, e.names)
	}
	id := e.Facts.Position(o, func(id graph.ID, predicate string, v graph.Value, opts ...facts.Option) {
		e.claim(at, id, predicate, v, opts...)
	})
	switch {
	case id == "":
		e.Remark(e.place(at), "the office %q has the id of another thing", o.Name)
	case t.title != "" && e.First("title "+string(id)):
		e.claim(at, id, "title", graph.StringValue(t.title))
	}
	return id
}

// officeOf returns the office with the title, or the office of the role if there is no title or the title names
// another country.
func officeOf(title, role string, c *facts.Country, names *nameTables) facts.Office {
	if title == "" || namesOther(title, c, names) {
		title = roleTitles[role]
	}
	return facts.Office{Name: title + " of " + c.Of, Of: c.ID, Role: role}
}

// namesOther reports whether a title names another country: Governor-General of New
// Zealand, for Niue.
func namesOther(t string, c *facts.Country, names *nameTables) bool {
	_, land, found := strings.Cut(t, " of ")
	id, known := names.Country(land)
	return found && known && id != c.ID
}

// person returns the person with a printed name, from names/people.csv or else from the name itself.
func (t *nameTables) person(printed string) person {
	if p := t.people[printed]; p.id != "" {
		return p
	}
	name := personName(printed)
	// Initials do not distinguish people: Donald J. Trump has the id donald-trump.
	return person{facts.Slug(initial.ReplaceAllString(name+" ", "")), name}
}

func (e *entry) holds(at, role string, h holder) {
	p, printed := e.names.person(h.name), personName(h.name)
	position := e.position(at, role, h.title)
	if p.id == "" || position == "" || !e.Declare(p.id, "Person") {
		e.unread(at, h.name)
		return
	}
	if e.First("person " + string(p.id)) {
		if p.name == printed {
			e.claim(at, p.id, "name", graph.StringValue(p.name))
		} else {
			e.claim(at, p.id, "name", graph.StringValue(p.name), facts.AsInferred, facts.AsPrinted(h.name))
		}
	}
	if p.name != printed && e.First("alias "+string(p.id)+printed) {
		e.claim(at, p.id, "aliases", graph.StringValue(printed))
	}
	if !e.First("holds " + string(p.id) + " " + string(position) + " " + h.since.String()) {
		return // one office with both roles is in both texts
	}
	opts := []facts.Option{facts.During(h.since)}
	if h.bare {
		opts = append(opts, facts.AsInferred)
	}
	if h.title.note != "" {
		opts = append(opts, facts.WithNote(h.title.note))
	}
	e.claim(at, p.id, "holds", graph.EntityValue(position), opts...)
}
