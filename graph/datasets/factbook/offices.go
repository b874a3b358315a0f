package factbook

import (
	"cmp"
	"context"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
	"github.com/caspian-kg/caspian/graph/datasets/internal/facts"
)

// Offices reads the holders of the highest offices in all editions of the World Factbook, from one table of the
// archive. It has one line for each country and run of editions with the same text. Only the first person of each
// office in a text is read.
//
// A term begins on the date that an edition gives. The last edition that has the holder is the source of the claim, and
// attests it. The term ends when the successor began, if a later edition gives that date and at most one edition is
// between the two. This end is inferred, and has less confidence if the table has no text of the edition between. If no
// edition gives the beginning, each edition states the claim.
var Offices = &codec.Format{
	Name:   "factbook-offices",
	About:  "the heads of state and of government of all editions of the World Factbook, in one table",
	Decode: decodeOffices,
}

// officeRoles lists the roles whose offices the texts contain, in the order of the texts.
var officeRoles = []string{"HEAD_OF_STATE", "HEAD_OF_GOVERNMENT"}

var (
	officeHead = regexp.MustCompile(`(?i)chiefs? of state and heads? of government\s*:|chiefs? of state\s*:|heads? of government\s*:`)
	noEntry    = regexp.MustCompile(`\*{2,}[^*]*\*{2,}`)
	// officeSince matches the date of the beginning in the brackets after a name.
	officeSince = regexp.MustCompile(`(?:^|[ ,;(])since ?(?:NA )?((?:\d{1,2} )?(?:(?:` + months + `) )?\d{4})`)
	// titleWords lists words that belong to a title and precede a name.
	titleWords = slices.Concat(rankWords, strings.Fields(`President Vice Prime Premier Minister Minister, Ministers Chief of the and Council 
		Chairman Chairwoman Chairperson Chair State Executive Government Governor Administrator Federal Chancellor Secretary
		Queen King Emperor Sultan Amir Emir Grand Duke Crown Pope Acting Interim Transitional Transition Provisional
		Assembly Leader Islamic Republic Commander Supreme Commissioner in for Presidency Presidential Island Captain Regent Swiss Confederation
		Coprince Head Taoiseach Cabinet Affairs Foreign Political Development Military Ruling Revolutionary
		Commission Committee National Parliament His Her Majesty Paramount Ruler Great People's Peace Armed Forces First Deputy Monarch Highness
		Speaker Moderator Member Representative Principal Russian China Afghanistan Spain overall Taliban Minister-Designate Transnational Self-proclaimed Revolution Soviet Tynwald Herzegovina Governorate`))
	// rankWords lists words that precede a name and are not a part of the title of an office.
	rankWords = strings.Fields(`Gen. Gen General Lt. Col. Col Maj. Brig. Adm. Capt. Sir Dr. Mr. Mrs. Sheikh Shaykh Prince Princess Cardinal Ayatollah Ratu Lord
		Lieutenant Air Vice-Marshal Marshal Marshall Field Archbishop Dame Colonel Major Mahathero Sr. Maj.Gen. Lyonpo`)
)

// seen is one holder of an office in one text.
type seen struct {
	country  *facts.Country
	code     string
	role     int // the index in officeRoles
	from, to int // the first and the last edition with the text
	title    title
	name     string // as printed, without titles
	since    graph.Date
	person   graph.ID
	at       graph.Position
}

// term is one holder of an office in several successive editions.
type term struct {
	list  []*seen
	since graph.Date
}

func (t *term) first() *seen { return t.list[0] }
func (t *term) last() *seen  { return t.list[len(t.list)-1] }

type officesTable struct {
	editionsTable
	seen  []*seen
	has   map[int]bool        // the editions in which the table has a holder
	shown map[graph.ID]string // the stated name of each person
}

func decodeOffices(ctx context.Context, name string, r io.Reader, emit codec.Emit) error {
	t := &officesTable{editionsTable: newEditionsTable(name, emit), has: map[int]bool{}, shown: map[graph.ID]string{}}
	if err := t.read(ctx, r, []string{editionCode, editionFirst, editionLast, editionText}, t.row); err != nil {
		return err
	}
	byCountry := map[graph.ID][]*seen{}
	var countries []graph.ID
	for _, s := range t.seen {
		if byCountry[s.country.ID] == nil {
			countries = append(countries, s.country.ID)
		}
		byCountry[s.country.ID] = append(byCountry[s.country.ID], s)
	}
	slices.Sort(countries)
	for _, id := range countries {
		t.country(byCountry[id])
	}
	return t.Err
}

// row collects the holders in one text.
func (t *officesTable) row(at graph.Position, cells []string, ps *codec.Faults) {
	from, ok1 := t.year(at, cells, editionFirst, ps)
	to, ok2 := t.year(at, cells, editionLast, ps)
	code, c := t.cell(cells, editionCode), t.countryOf(cells)
	if !ok1 || !ok2 || c == nil {
		return
	}
	text := noEntry.ReplaceAllString(t.cell(cells, editionText), "")
	heads := officeHead.FindAllStringIndex(text, -1)
	read := map[int]bool{}
	for i, h := range heads {
		end := len(text)
		if i+1 < len(heads) {
			end = heads[i+1][0]
		}
		head := strings.ToLower(text[h[0]:h[1]])
		for role := range officeRoles {
			if word := []string{"state", "government"}[role]; strings.Contains(head, word) && !read[role] {
				read[role] = true
				if s := readHolder(strings.TrimSpace(text[h[1]:end]), t.names.titles); s != nil {
					s.country, s.code, s.role, s.from, s.to, s.at = c, code, role, from, to, at
					s.name = strings.TrimPrefix(s.name, c.Of+" ") // such as Queen of Australia ELIZABETH II
					t.seen = append(t.seen, s)
					for year := from; year <= to; year++ {
						t.has[year] = true
					}
				}
			}
		}
	}
}

// inYear matches brackets with a year. The first such brackets follow a name; other brackets have nicknames and
// translated titles.
var inYear = regexp.MustCompile(`\([^()]*\d{4}[^()]*\)`)

// readHolder parses the first person of a text. It returns nil if the text names nobody.
func readHolder(text string, titles []title) *seen {
	dates := inYear.FindStringIndex(text)
	if dates == nil {
		return nil
	}
	head := facts.WithoutBrackets(text[:dates[0]])
	if strings.ContainsAny(head, ";:") || strings.Contains(head, "-elect ") {
		return nil // the dates belong to another person
	}
	s := &seen{}
	rest := head
	for _, t := range titles {
		if after, ok := strings.CutPrefix(rest, t.printed+" "); ok {
			s.title, rest = t, after
			break
		}
	}
	words := strings.Fields(rest)
	for len(words) > 0 && slices.Contains(titleWords, strings.TrimRight(words[0], ",")) {
		if !slices.Contains(rankWords, words[0]) {
			s.title = title{} // a part of an unknown title
		}
		words = words[1:]
	}
	s.name = strings.TrimRight(strings.Join(words, " "), ",")
	inTitle := func(w string) bool { return slices.Contains(titleWords, w) && !slices.Contains(rankWords, w) }
	if s.name == "" || strings.Contains(s.name, ",") || slices.ContainsFunc(words, inTitle) || !nameLike(s.name) || familyKey(s.name) == "" {
		return nil
	}
	for _, m := range officeSince.FindAllStringSubmatch(text[dates[0]:dates[1]], -1) {
		if d, ok := parseDay(m[1]); ok && (!s.since.Known() || d.First() < s.since.First()) {
			s.since = d
		}
	}
	return s
}

// familyKey returns the words in capitals of a printed name, which distinguish people of the same country.
func familyKey(name string) string {
	var key strings.Builder
	for _, w := range strings.Fields(facts.WithoutBrackets(name)) {
		if shouted(w) && !roman.MatchString(w) {
			key.WriteString(strings.ReplaceAll(string(facts.Slug(w)), "-", ""))
		}
	}
	return key.String()
}

// country states the terms in one country.
func (t *officesTable) country(list []*seen) {
	slices.SortStableFunc(list, func(a, b *seen) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.role, b.role)) })
	t.identify(list)
	lastRoles := rolesOf(list)
	for role := range officeRoles {
		terms := termsOf(list, role)
		for i, x := range terms {
			x.since = beginning(x, terms[:i])
		}
		for i, x := range terms {
			var next *term
			if i+1 < len(terms) {
				next = terms[i+1]
			}
			t.term(x, next, lastRoles)
		}
	}
	for _, s := range list {
		t.spelling(s)
	}
}

// spelling states the printed form of a name as an alias if it differs from the stated name.
func (t *officesTable) spelling(s *seen) {
	shown, printed := t.shown[s.person], personName(s.name)
	if shown == "" || facts.Slug(printed) == facts.Slug(shown) || !t.First("alias "+string(s.person)+printed) {
		return
	}
	t.edition(s.to)
	t.State(s.at, t.locator(s), s.person, "aliases", graph.StringValue(printed))
}

// identify gives the same id to different forms of the name of one person; see samePerson.
func (t *officesTable) identify(list []*seen) {
	type known struct{ names []*seen }
	var people []*known
	for _, s := range list {
		var found *known
		for _, p := range people {
			if slices.ContainsFunc(p.names, func(o *seen) bool { return t.samePerson(s, o) }) {
				found = p
				break
			}
		}
		if found == nil {
			found = &known{}
			people = append(people, found)
		}
		found.names = append(found.names, s)
	}
	for _, p := range people {
		id := t.names.person(p.names[len(p.names)-1].name).id
		for _, s := range p.names { // the last form that is in the tables, or else the last form
			if known := t.names.people[s.name]; known.id != "" {
				id = known.id
			}
		}
		for _, s := range p.names {
			s.person = id
		}
	}
}

// samePerson reports whether two printed names are of one person. If both are in the tables, the tables decide: the ids
// must be equal. Otherwise, names with the same family name are of one person if their given names do not contradict each
// other (or both held the same role since the same date) and one of these is true: they share a given name; one has no
// given names; or their first given names begin alike, and one of these is an initial or both held the same role in
// overlapping or adjacent editions. Names with different family names are of one person if both held the same role since
// the same date, and they share a given name or their family names begin alike.
func (t *officesTable) samePerson(a, b *seen) bool {
	if p, q := t.names.people[a.name].id, t.names.people[b.name].id; p != "" && q != "" {
		return p == q
	}
	x, y := givenNames(a.name), givenNames(b.name)
	sameStart := a.role == b.role && a.since.Known() && a.since == b.since
	if !sameStart && contradict(x, y) {
		return false
	}
	shared := slices.ContainsFunc(x, func(w string) bool { return slices.Contains(y, w) })
	if f, g := familyKey(a.name), familyKey(b.name); f != g {
		return sameStart && (shared || f[0] == g[0])
	}
	switch {
	case len(x) == 0 || len(y) == 0 || shared:
		return true
	case len(x[0]) == 1 || len(y[0]) == 1 || a.role == b.role && a.from <= b.to+1 && b.from <= a.to+1:
		return x[0][0] == y[0][0]
	}
	return false
}

// contradict reports whether each of two lists of given names has a name that is neither in the other list nor similar
// to a name that only the other has. Fidel and Raul contradict each other; Fidel and F do not.
func contradict(x, y []string) bool {
	alone := func(x, y []string) (words []string) {
		for _, w := range x {
			if !slices.Contains(y, w) {
				words = append(words, w)
			}
		}
		return words
	}
	p, q := alone(x, y), alone(y, x)
	strange := func(x, y []string) bool {
		return slices.ContainsFunc(x, func(w string) bool {
			return !slices.ContainsFunc(y, func(o string) bool { return o[0] == w[0] })
		})
	}
	return strange(p, q) && strange(q, p)
}

// givenNames returns the words of a printed name that are not in capitals, except frequent names of the country.
func givenNames(name string) (words []string) {
	for _, w := range strings.Fields(facts.WithoutBrackets(name)) {
		s := string(facts.Slug(strings.TrimSuffix(w, ".")))
		if s != "" && !shouted(w) && !strings.Contains(" muhammad mohammad mohammed mohamed mohamad mian abd al el bin ibn ould ", " "+s+" ") {
			words = append(words, s)
		}
	}
	return words
}

// titleOf returns the title in a text, or else the name of the role.
func titleOf(s *seen) string {
	if s.title.title == "" {
		return roleTitles[officeRoles[s.role]]
	}
	return s.title.title
}

// rolesOf returns, for each title, its roles in the last edition that has it, as bits. A title may have had
// other roles earlier: a president who is head of government today may once have been only head of state.
func rolesOf(list []*seen) map[string]int {
	roles, edition := map[string]int{}, map[string]int{}
	for _, s := range list {
		if o := titleOf(s); s.to > edition[o] {
			roles[o], edition[o] = 1<<s.role, s.to
		} else if s.to == edition[o] {
			roles[o] |= 1 << s.role
		}
	}
	return roles
}

// termsOf returns the terms of one role. A term ends when an edition has another holder.
func termsOf(list []*seen, role int) (terms []*term) {
	for _, s := range list {
		if s.role != role {
			continue
		}
		if n := len(terms); n > 0 && terms[n-1].last().person == s.person {
			terms[n-1].list = append(terms[n-1].list, s)
			continue
		}
		terms = append(terms, &term{list: []*seen{s}})
	}
	return terms
}

// beginning returns when a term began: the earliest possible date in its texts. A date is possible if it is at most one
// year after its edition, because editions are corrected until the next one, and if no edition between has another
// holder. If one edition differs from three others, its date is an error and is ignored.
func beginning(x *term, before []*term) (since graph.Date) {
	says := map[graph.Date]int{} // how many editions give each date
	most := 0
	for _, s := range x.list {
		if s.since.Known() {
			says[s.since] += s.to - s.from + 1
			most = max(most, says[s.since])
		}
	}
	for _, s := range x.list {
		d := s.since
		if !d.Known() || yearIn(d) > s.from+1 || says[d] == 1 && most > 2 || since.Known() && since.First() <= d.First() {
			continue
		}
		if slices.ContainsFunc(before, func(o *term) bool { return o.last().to > yearIn(d) }) {
			continue
		}
		since = d
	}
	return since
}

func yearIn(d graph.Date) int {
	y, _ := strconv.Atoi(d.String()[:4])
	return y
}

// term states the claim of one term.
func (t *officesTable) term(x, next *term, lastRoles map[string]int) {
	last := x.last()
	position := t.position(x, lastRoles)
	if last.person == "" || position == "" || !t.Declare(last.person, "Person") {
		t.Remark(last.at, "the holder %q of %s is not read: the id %q is of another thing", last.name, last.country.ID, last.person)
		return
	}
	t.edition(last.to)
	printed := t.names.person(last.name).name
	if t.First("person " + string(last.person)) {
		t.shown[last.person] = printed
		opts := []facts.Option{facts.AsInferred, facts.AsPrinted(last.name)}
		if printed == last.name {
			opts = nil
		}
		t.State(last.at, t.locator(last), last.person, "name", graph.StringValue(printed), opts...)
	}
	hold := func(s *seen, edition int, opts ...facts.Option) {
		t.edition(edition)
		if s.title.note != "" {
			opts = append(opts, facts.WithNote(s.title.note))
		}
		t.State(s.at, t.locator(s), s.person, "holds", graph.EntityValue(position), opts...)
	}
	switch {
	case x.since.Known() && next != nil && next.since.Known() && next.since.First() > x.since.First() && t.follows(last.to, yearIn(next.since)):
		opts := []facts.Option{facts.During(graph.Interval{From: x.since, To: next.since}), facts.AsInferred, facts.WithNote("the end is the successor's beginning")}
		if yearIn(next.since) > last.to+1 {
			opts = append(opts, facts.AsConfidence(lostConfidence), facts.WithNote("the end is the successor's beginning; the editions between are lost"))
		}
		hold(last, next.first().from, opts...)
	case x.since.Known():
		hold(last, last.to, facts.During(graph.Interval{From: x.since, To: graph.OpenDate}))
	default:
		for _, s := range x.list {
			for edition := s.from; edition <= s.to; edition++ {
				hold(s, edition)
			}
		}
	}
}

// follows reports whether the table has no holder from any edition after the given one and before the year.
func (t *officesTable) follows(edition, year int) bool {
	for y := edition + 1; y < year; y++ {
		if t.has[y] {
			return false
		}
	}
	return true
}

// lostConfidence is the confidence of an end that is inferred across editions that the table lacks.
const lostConfidence = 0.6

func (t *officesTable) locator(s *seen) string {
	return s.code + "/" + []string{"chief of state", "head of government"}[s.role]
}

// position declares the position of a term. If the title had other roles than in the last edition, it is another
// position, and the role is its name.
func (t *officesTable) position(x *term, lastRoles map[string]int) graph.ID {
	s := x.last()
	title := titleOf(s)
	if lastRoles[title]&(1<<s.role) == 0 {
		title = ""
	}
	t.edition(s.to)
	t.Declare(s.country.ID, "Country")
	return t.Facts.Position(officeOf(title, officeRoles[s.role], s.country, t.names), func(id graph.ID, predicate string, v graph.Value, opts ...facts.Option) {
		t.State(s.at, t.locator(s), id, predicate, v, opts...)
	})
}
