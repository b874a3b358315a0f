package snapshot_test

import (
	"strings"
	"testing"
	"time"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// TestNamesInLanguages: a name in no particular language never gives way to one in another, however
// sure or late that is, and a view asked for a language falls back from it step by step.
func TestNamesInLanguages(t *testing.T) {
	o := schema.MustDefault()
	name := func(id graph.ID, text, lang, valid string) graph.Claim {
		iv, err := graph.ParseInterval(valid)
		if valid == "" {
			iv, err = graph.Interval{}, nil
		}
		if err != nil {
			t.Fatal(err)
		}
		c := graph.Claim{Subject: id, Predicate: "name", Value: graph.StringValue(text), Source: "s", Confidence: 0.9, Valid: iv}
		if lang != "" {
			c.Confidence = 1
			c.Qualifiers = []graph.QualifierValue{{Name: "lang", Value: graph.StringValue(lang)}}
		}
		return c
	}
	commits := []graph.Commit{
		{Seq: 1, At: epoch.Add(time.Hour), Entities: []graph.Entity{{ID: "s", Type: "Source"}, {ID: "BEL", Type: "Country"}, {ID: "JPN", Type: "Country"}, {ID: "COD", Type: "Country"}},
			Claims: []graph.Claim{name("BEL", "België", "nl", ""), name("BEL", "Belgium", "", ""), name("JPN", "日本", "ja", ""), name("JPN", "Japon", "fr", ""),
				name("COD", "Zaire", "", "1971/1997"), name("COD", "DR Congo", "", "1997/..")}},
		{Seq: 2, At: epoch.Add(2 * time.Hour), Claims: []graph.Claim{name("BEL", "比利时", "zh", ""), name("BEL", "Belgique", "fr", ""), name("BEL", "Bélgica", "pt-BR", ""),
			name("JPN", "Japan", "en", ""), name("COD", "Congo-Kinshasa", "fr", "1997/..")}},
	}
	s := snapshot.Empty(o)
	for i := range commits {
		var err error
		if s, err = s.Apply(&commits[i]); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		asOf, id, want string // want: language=name
	}{
		{"2020", "BEL", "=Belgium nl=België nl-BE=België FR=Belgique fr-CA=Belgique zh-Hant-TW=比利时 pt=Bélgica pt-BR=Bélgica pt-PT=Belgium de=Belgium"},
		{"2020", "JPN", "=Japan en-GB=Japan ja=日本 de=Japan"},
		{"1980", "COD", "=Zaire fr=Zaire"},
		{"2020", "COD", "=DR_Congo fr=Congo-Kinshasa"},
	} {
		d, err := graph.ParseDate(c.asOf)
		if err != nil {
			t.Fatal(err)
		}
		v, err := s.View(graph.View{AsOf: d}, today)
		if err != nil {
			t.Fatal(err)
		}
		n, _ := s.Number(graph.ID(c.id))
		for pair := range strings.FieldsSeq(c.want) {
			lang, want, _ := strings.Cut(pair, "=")
			want = strings.ReplaceAll(want, "_", " ")
			got := v.Name(n)
			if lang != "" {
				got = v.NameIn(n, lang)
			}
			if got != want {
				t.Errorf("%s as of %s in %q: %q, not %q", c.id, c.asOf, lang, got, want)
			}
		}
	}
}
