package seeds_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/datasets"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
	"github.com/caspian-kg/caspian/seeds"
)

// article is the source of article.yaml and article-profiles.yaml.
const article graph.ID = "libyawire-2025-12-21"

// seeded has everything that the seed files state, checked.
type seeded struct {
	commit graph.Commit
	snap   *snapshot.Snapshot
	claims map[string][]graph.Claim // by subject and predicate
}

func (s *seeded) of(subject, predicate string) []graph.Claim {
	return s.claims[subject+"\x00"+predicate]
}

// wholeSeeds reads all files once; a fault in any of them fails every test that calls it.
var wholeSeeds = sync.OnceValues(func() (*seeded, error) {
	o, err := schema.Load("ontology.graphql", schema.Default)
	if err != nil {
		return nil, err
	}
	names, err := fs.Glob(seeds.Files, "*.[yn]a*")
	if err != nil {
		return nil, err
	}
	var ch graph.Change
	for _, name := range names {
		format, err := datasets.Formats.ForFile(name)
		if err != nil {
			return nil, err
		}
		text, err := fs.ReadFile(seeds.Files, name)
		if err != nil {
			return nil, err
		}
		err = format.Decode(context.Background(), "seeds/"+name, bytes.NewReader(text), func(op graph.Op) error {
			ch.Ops = append(ch.Ops, op)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	res, problems := graph.Check(o, graph.Nothing, &ch)
	if len(problems) > 0 {
		return nil, problems
	}
	s := &seeded{commit: res.Commit, claims: map[string][]graph.Claim{}}
	s.commit.Seq = 1
	for _, c := range s.commit.Claims {
		k := string(c.Subject) + "\x00" + c.Predicate
		s.claims[k] = append(s.claims[k], c)
	}
	s.snap, err = snapshot.Empty(o).Apply(&s.commit)
	return s, err
})

func loadSeeds(t *testing.T) *seeded {
	t.Helper()
	s, err := wholeSeeds()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *seeded) view(t *testing.T, asOf string) *snapshot.View { return viewOn(t, s.snap, asOf) }

func viewOn(t *testing.T, snap *snapshot.Snapshot, asOf string) *snapshot.View {
	t.Helper()
	d, err := graph.ParseDate(asOf)
	if err != nil {
		t.Fatal(err)
	}
	v, err := snap.View(graph.View{AsOf: d}, d.First())
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// Facts that the article states, by locator; the seeds must have them.
var articleFacts = []struct{ subject, predicate, value, at, how string }{
	// the summit
	{"jca-summit-2025", "place", "tokyo", "p2", "2025-12-20"},
	{"jca-summit-2025", "host", "sanae-takaichi", "p2", "INFERRED; original=Sanai Takayeshi"},
	{"jca-summit-2025", "ordinal", "1", "p2", ""},
	{"jca-summit-2025", "participants", "JPN", "p2", ""},
	{"jca-summit-2025", "participants", "KAZ", "p2", ""},
	{"jca-summit-2025", "participants", "KGZ", "p2", ""},
	{"jca-summit-2025", "participants", "TJK", "p2", ""},
	{"jca-summit-2025", "participants", "TKM", "p2", ""},
	{"jca-summit-2025", "participants", "UZB", "p2", ""},
	{"jca-summit-2025", "participants", "sanae-takaichi", "p3", "INFERRED; original=Takayeshi"},
	{"jca-summit-2025", "outcomes", "jca-pledge-2025", "p1", ""},
	{"jca-summit-2025", "topics", "artificial-intelligence", "p9", ""},
	{"jca-summit-2025", "topics", "critical-minerals", "p5", ""},
	{"sanae-takaichi", "name", "Sanae Takaichi", "p2", "INFERRED; original=Sanai Takayeshi"},
	{"sanae-takaichi", "holds", "prime-minister-of-japan", "p2", "INFERRED"},
	// one pledge, a target
	{"jca-pledge-2025", "by", "JPN", "p1", ""},
	{"jca-pledge-2025", "amounts", "19000000000 USD", "p1", ""},
	{"jca-pledge-2025", "amounts", "3000000000000 JPY", "p3", "REPORTED"},
	{"jca-pledge-2025", "horizon", "5 years", "p1", ""},
	{"jca-pledge-2025", "kind", "TARGET", "p1", ""},
	{"jca-pledge-2025", "purpose", "business projects", "p3", "REPORTED"},
	{"jca-pledge-2025", "date", "2025-12-20", "p1", "INFERRED; original=Saturday"},
	// who wants what
	{"JPN", "interestedIn", "central-asia", "p1", "kind=INFLUENCE"},
	{"JPN", "interestedIn", "central-asia", "p7", "kind=INFLUENCE; REPORTED"},
	{"JPN", "interestedIn", "rare-earths", "p4", "kind=DIVERSIFY"},
	{"JPN", "interestedIn", "CHN", "p4", "kind=REDUCE_DEPENDENCE; concerning=rare-earths"},
	{"JPN", "interestedIn", "japanese-companies", "p10", "kind=ENCOURAGES"},
	{"japanese-companies", "interestedIn", "central-asia", "p10", "kind=CAUTIOUS"},
	{"USA", "interestedIn", "natural-resources", "p4", "kind=SEEKS; concerning=central-asia"},
	{"eu", "interestedIn", "natural-resources", "p4", "kind=SEEKS; concerning=central-asia"},
	{"central-asia", "abundantIn", "natural-resources", "p4", "abundance=UNTAPPED"},
	{"central-asia", "abundantIn", "natural-resources", "p5", "REPORTED"},
	{"jca-joint-statement-2025", "concerns", "market-access", "p5", ""},
	{"jca-minerals-cooperation-2025", "concerns", "critical-mineral-supply-chains", "p5", ""},
	{"jca-growth-pledge-2025", "concerns", "decarbonization", "p5", ""},
	{"jca-growth-pledge-2025", "concerns", "economic-growth", "p5", ""},
	// other meetings
	{"russia-ca-summit-2025", "participants", "vladimir-putin", "p6", "2025"},
	{"china-ca-summit-2025", "participants", "xi-jinping", "p6", "2025"},
	{"eu-ca-summit-2025", "participants", "ursula-von-der-leyen", "p6", "2025"},
	{"ursula-von-der-leyen", "holds", "president-of-the-european-commission", "p6", ""},
	{"xi-visit-astana-2025", "place", "astana", "p11", "2025-06"},
	{"xi-visit-astana-2025", "participants", "xi-jinping", "p11", "2025-06"},
	// controls, corridor, neighbours
	{"china-rare-earth-export-controls-2025", "imposedBy", "CHN", "p8", "2025; original=Beijing"},
	{"china-rare-earth-export-controls-2025", "targets", "rare-earths", "p8", ""},
	{"china-rare-earth-export-controls-2025", "start", "2025", "p8", ""},
	{"international-caspian-sea-corridor", "connects", "central-asia", "p9", ""},
	{"international-caspian-sea-corridor", "connects", "europe", "p9", ""},
	{"international-caspian-sea-corridor", "avoids", "RUS", "p9", ""},
	{"CHN", "borders", "KAZ", "p11", ""},
	{"CHN", "borders", "KGZ", "p11", ""},
	{"CHN", "borders", "TJK", "p11", ""},
	{"CHN", "partnerOf", "central-asia", "p11", "kind=TRADE; REPORTED; attributedTo=CHN"},
	{"CHN", "partnerOf", "central-asia", "p11", "kind=INVESTOR; REPORTED"},
	{"KAZ", "partnerOf", "RUS", "p12", "kind=STRATEGIC; original=Moscow"},
	{"UZB", "interestedIn", "russian-invasion-of-ukraine", "p12", "kind=CONCERN"},
	{"RUS", "invaded", "UKR", "p12", ""},
	{"soviet-union", "ruled", "UZB", "p12", ""},
	// resources
	{"KAZ", "produces", "uranium", "p13", "ranking=1"},
	{"KAZ", "produces", "uranium", "h3", "ranking=1"},
	{"UZB", "naturalResources", "gold", "p13", "abundance=VAST"},
	{"TKM", "naturalResources", "natural-gas", "p13", "abundance=VAST"},
	{"KGZ", "terrain", "mountainous", "p14", ""},
	{"TJK", "incomeLevel", "poor", "p14", ""},
	{"KGZ", "obstacles", "rugged-terrain", "p14", "concerning=natural-resources"},
	{"new-mining-sites-kyrgyzstan", "country", "KGZ", "p14", ""},
	{"new-mining-sites-tajikistan", "country", "TJK", "p14", ""},
	// profiles
	{"KAZ", "capital", "astana", "Kazakhstan p1", "original=Nur-Sultan (Astana); conflict=kazakh-capital-name"},
	{"KAZ", "capital", "astana", "Astana p1", "1997/..; conflict=kazakh-capital-name"},
	{"KAZ", "capital", "almaty", "Astana p1", "/1997"},
	{"astana", "name", "Nur-Sultan", "Astana p1", "2019/2022"},
	{"astana", "name", "Nur-Sultan", "Kazakhstan p1", "conflict=kazakh-capital-name"},
	{"astana", "name", "Astana", "p11", "conflict=kazakh-capital-name"},
	{"KAZ", "independence", "1991", "Kazakhstan p1", ""},
	{"KAZ", "succeeds", "kazakh-ssr", "Kazakhstan p1", "1991"},
	{"russian-empire", "ruled", "KAZ", "Kazakhstan p1", "18XX/"},
	{"KGZ", "independence", "1991", "Kyrgyzstan p1", ""},
	{"TJK", "independence", "1991", "Tajikistan p1", ""},
	{"TKM", "independence", "1991", "Turkmenistan p1", ""},
	{"UKR", "independence", "1991", "Ukraine p1", ""},
	{"samanid-dynasty", "ruled", "TJK", "Tajikistan p1", ""},
	{"nisa", "listedBy", "unesco", "Turkmenistan p1", ""},
	{"nisa", "partOf", "parthia", "Turkmenistan p1", "INFERRED"},
	{"silk-road", "connects", "merv", "Turkmenistan p1", ""},
	{"silk-road", "connects", "khiva", "Uzbekistan p1", ""},
	{"registan", "country", "UZB", "Uzbekistan p1", ""},
	{"samanid-mausoleum", "country", "UZB", "Uzbekistan p1", ""},
	{"great-wall", "listedBy", "unesco", "China p1", ""},
	{"forbidden-city", "country", "CHN", "China p1", ""},
	{"RUS", "rankings", "1", "Russia p1", "by=area"},
	{"UKR", "succeeds", "kyivan-rus", "Ukraine p1", "INFERRED"},
	{"USA", "independence", "1776", "United States p1", ""},
	{"constitution-of-the-united-states", "start", "1789", "United States p1", ""},
	{"eu", "memberCount", "27 countries", "European Union p1", ""},
	{"ecsc", "founded", "1951", "European Union p1", ""},
	{"eu", "succeeds", "ecsc", "European Union p1", ""},
	{"europe", "kind", "continent", "Europe p1", ""},
	{"tokyo", "name", "Edo", "Tokyo p1", "/1868"},
	{"tokyo", "name", "Tokyo", "Tokyo p1", "1868/.."},
	{"tokugawa-shogunate", "start", "1603", "Tokyo p1", ""},
	{"meiji-restoration", "start", "1868", "Tokyo p1", ""},
	{"JPN", "capital", "tokyo", "Tokyo p1", ""},
	{"RUS", "littoralOf", "caspian-sea", "Caspian Sea p1", ""},
	{"KAZ", "littoralOf", "caspian-sea", "Caspian Sea p1", ""},
	{"TKM", "littoralOf", "caspian-sea", "Caspian Sea p1", ""},
	{"IRN", "littoralOf", "caspian-sea", "Caspian Sea p1", ""},
	{"AZE", "littoralOf", "caspian-sea", "Caspian Sea p1", ""},
	{"caspian-sea", "legalStatus", "SEA", "Caspian Sea p1", "REPORTED"},
	{"caspian-sea", "legalStatus", "LAKE", "Caspian Sea p1", "REPORTED"},
	{"caspian-sea", "abundantIn", "petroleum", "Caspian Sea p1", ""},
}

// says reports whether the claim has everything that how requires: a valid
// time, an attribution, or name=value for the rest.
func says(c *graph.Claim, how string) bool {
	if how == "" {
		return true
	}
	for _, part := range strings.Split(how, "; ") {
		name, want, named := strings.Cut(part, "=")
		have := ""
		switch {
		case !named && strings.ContainsAny(name[:1], "0123456789/"):
			have, want = c.Valid.String(), name
		case !named:
			have, want = c.Attribution.String(), name
		case name == "original":
			have = c.Original
		case name == "conflict":
			have = c.Conflict
		case name == "attributedTo":
			have = c.AttributedTo
		default:
			have = c.Qualifier(name).String()
		}
		if have != want {
			return false
		}
	}
	return true
}

func TestArticleFacts(t *testing.T) {
	s := loadSeeds(t)
	for _, f := range articleFacts {
		found := slices.ContainsFunc(s.of(f.subject, f.predicate), func(c graph.Claim) bool {
			return c.Source == article && c.Value.String() == f.value && c.Locator == f.at && says(&c, f.how)
		})
		if !found {
			t.Errorf("the article's claim is missing: %s %s %s, at %s, %s", f.subject, f.predicate, f.value, f.at, f.how)
		}
	}
}

// The seeds must not attribute to the article what it does not state.
func TestArticleSaysNoMore(t *testing.T) {
	s := loadSeeds(t)
	at := regexp.MustCompile(`^(p([1-9]|1[0-4])|h[1-3]|(Japan|Central Asia|Tokyo|Kazakhstan|Kyrgyzstan|Tajikistan|Turkmenistan|Uzbekistan|United States|European Union|China|Russia|Ukraine|Europe|Caspian Sea|Astana) p1)$`)
	n := 0
	for i := range s.commit.Claims {
		c := &s.commit.Claims[i]
		if c.Source != article || c.Subject == article {
			continue
		}
		n++
		if !at.MatchString(c.Locator) {
			t.Errorf("%s %s %s: the article has no place %q", c.Subject, c.Predicate, c.Value, c.Locator)
		}
		value := c.Value.String()
		switch {
		case c.Subject == "jca-pledge-2025" && c.Predicate == "kind" && value != "TARGET":
			t.Errorf("the article calls the pledge a target, not %s", value)
		case c.Subject == "jca-summit-2025" && (c.Predicate == "start" || c.Predicate == "end"):
			t.Errorf("the article does not say when the summit began or ended: %s", value)
		case c.Predicate == "produces" && (c.Qualifier("quantity") != graph.Value{} || c.Qualifier("measure") != graph.Value{}):
			t.Errorf("the article gives no quantity or measure of %s's %s", c.Subject, value)
		case strings.Contains(value, "oil-supply"):
			t.Errorf("%s %s %s comes from the line about another article", c.Subject, c.Predicate, value)
		}
	}
	if n < 400 {
		t.Errorf("%d claims of the article; there were more", n)
	}
	for subject, want := range map[string]string{"europe": "Region", "eu": "Organisation", "european-commission": "Organisation", "central-asia": "Region"} {
		if typ, _ := s.snap.State().TypeOf(graph.ID(subject)); typ != want {
			t.Errorf("%s is a %s, not a %s", subject, typ, want)
		}
	}
}

func TestKazakhCapitalByDate(t *testing.T) {
	s := loadSeeds(t)
	for _, c := range []struct{ asOf, capital, name string }{
		{"1996-01-01", "almaty", "Almaty"},
		{"2010-01-01", "astana", "Astana"},
		{"2020-06-01", "astana", "Nur-Sultan"},
		{"2025-01-01", "astana", "Astana"},
		{"2025-12-21", "astana", "Astana"},
	} {
		v := s.view(t, c.asOf)
		kaz, ok := v.Find("id", "KAZ")
		if !ok {
			t.Fatal("KAZ is missing")
		}
		e, ok := v.One(kaz, s.snap.Ontology().Type("Country").Field("capital"))
		if !ok || s.snap.ID(e.Node) != graph.ID(c.capital) || v.Name(e.Node) != c.name {
			t.Errorf("on %s the capital is %s named %s; want %s named %s", c.asOf, s.snap.ID(e.Node), v.Name(e.Node), c.capital, c.name)
		}
	}
}

// Every state at a summit had a head of state or government on that day.
func TestLeadersOnTheDay(t *testing.T) {
	s := loadSeeds(t)
	country := s.snap.Ontology().Type("Country")
	for _, e := range s.commit.Entities {
		if e.Type != "Summit" && e.Type != "Meeting" {
			continue
		}
		day := ""
		for _, c := range s.of(string(e.ID), "start") {
			if d := c.Value.String(); len(d) > len(day) {
				day = d
			}
		}
		if day == "" {
			t.Errorf("%s has no start", e.ID)
			continue
		}
		v := s.view(t, day)
		for _, p := range s.of(string(e.ID), "participants") {
			if typ, _ := s.snap.State().TypeOf(p.Value.Entity()); typ != "Country" {
				continue
			}
			n, _ := s.snap.Number(p.Value.Entity())
			var heads []snapshot.Edge
			for _, f := range []string{"headOfState", "headOfGovernment"} {
				heads = slices.AppendSeq(heads, v.Relation(n, country.Field(f), false).All())
			}
			if len(heads) == 0 {
				t.Errorf("%s, %s: nobody is at the head of %s", e.ID, day, p.Value.Entity())
			}
		}
	}
	v := s.view(t, "2025-12-20")
	for id, want := range map[string]graph.ID{
		"KAZ": "kassym-jomart-tokayev", "KGZ": "sadyr-japarov", "TJK": "emomali-rahmon",
		"TKM": "serdar-berdimuhamedow", "UZB": "shavkat-mirziyoyev", "RUS": "vladimir-putin", "CHN": "xi-jinping",
		"USA": "donald-trump", "AZE": "ilham-aliyev", "KOR": "lee-jae-myung", "IRN": "ali-khamenei",
	} {
		n, _ := v.Find("id", string(id))
		e, ok := v.One(n, country.Field("headOfState"))
		if !ok || s.snap.ID(e.Node) != want {
			t.Errorf("on 2025-12-20 the head of state of %s is %s, want %s", id, s.snap.ID(e.Node), want)
		}
	}
	jpn, _ := v.Find("id", "JPN")
	if e, ok := v.One(jpn, country.Field("headOfGovernment")); !ok || s.snap.ID(e.Node) != "sanae-takaichi" {
		t.Error("on 2025-12-20 the head of government of JPN is not sanae-takaichi")
	}
	// The Factbook's last edition is stale here and must not win.
	v = s.view(t, "2026-04-01")
	irn, _ := v.Find("id", "IRN")
	if e, ok := v.One(irn, country.Field("headOfState")); !ok || s.snap.ID(e.Node) != "mojtaba-khamenei" {
		t.Errorf("on 2026-04-01 the head of state of IRN is %s, want mojtaba-khamenei", s.snap.ID(e.Node))
	}
}

// shared returns the path of a file of the original data, in a folder beside the repository.
func shared(t *testing.T, name string) string {
	t.Helper()
	p := filepath.Join("..", "..", "shared", name)
	if _, err := os.Stat(p); err != nil {
		t.Skipf("needs ../shared/%s beside the repository, which is absent", name)
	}
	return p
}

func words(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// The seeds cite the article and do not quote it.
func TestSeedsQuoteNoArticle(t *testing.T) {
	s := loadSeeds(t)
	text, err := os.ReadFile(shared(t, "article/libyawire-2025-12-21.txt"))
	if err != nil {
		t.Fatal(err)
	}
	const run = 8
	runs := map[string]bool{}
	printed := words(string(text))
	for i := 0; i+run <= len(printed); i++ {
		runs[strings.Join(printed[i:i+run], " ")] = true
	}
	for i := range s.commit.Claims {
		c := &s.commit.Claims[i]
		for _, text := range []string{c.Value.String(), c.Note, c.Original, c.AttributedTo, c.Locator} {
			w := words(text)
			for j := 0; j+run <= len(w); j++ {
				if quoted := strings.Join(w[j:j+run], " "); runs[quoted] {
					t.Errorf("%s %s quotes the article: %s", c.Subject, c.Predicate, fmt.Sprintf("%q", quoted))
				}
			}
		}
	}
}
