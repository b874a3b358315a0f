package names

import (
	"testing"

	"github.com/caspian-kg/caspian/graph/internal/lists"
)

// TestSlips: what people misspell counts less than what makes another word.
func TestSlips(t *testing.T) {
	for _, c := range []struct {
		sought, name string
		prefix       bool
		want         int
	}{
		{"tashkant", "tashkent", false, 1}, {"gorgia", "georgia", false, 1}, {"denmrak", "denmark", false, 1},
		{"asgabad", "asgabat", false, 1}, {"kartum", "hartum", false, 1}, {"atirav", "atirau", false, 1},
		{"bambia", "gambia", false, 2}, {"ran", "iran", false, 2}, {"makosi", "makoso", false, 1}, {"novgorod", "novgurat", false, 3},
		{"berdimuhamet", "berdimuhamedov", true, 1}, {"same", "same", false, 0}, {"", "ab", false, 3}, {"ab", "", false, 3},
	} {
		if got := slips.apart(c.sought, c.name, c.prefix); got != c.want {
			t.Errorf("%q for %q: %d slips instead of %d", c.sought, c.name, got, c.want)
		}
	}
}

// TestDigitsAreFirm: no edit leaves a digit out, adds one or changes it.
func TestDigitsAreFirm(t *testing.T) {
	for _, c := range []struct {
		sought, name string
		finds        bool
	}{
		{"edition 2021", "edition 2021", true}, {"edition 2021", "edition 2020", false}, {"edition 2021", "edition 202", false},
		{"edition 2021", "edition 20211", true}, // as its beginning
		{"editon 2021", "edition 2021", true}, {"edition 2012", "edition 2021", false}, {"2021 edition", "1 edition", false},
		{"corridor5", "corridor", false}, {"corridor", "corridor5", true}, {"korridar c5", "korridor c5", true}, {"korridor c5", "korridor g7", false},
	} {
		p, _ := soundPattern(c.sought, maxEdits)
		h := p.match(c.name)
		if finds := min(h.whole, h.words, h.prefix) < far; finds != c.finds {
			t.Errorf("%q finds %q: %v (%+v)", c.sought, c.name, finds, h)
		}
	}
}

// TestFixedBeginning: the first letters of a pattern may be fixed.
func TestFixedBeginning(t *testing.T) {
	for name, finds := range map[string]bool{"kameron": true, "kamerun": true, "kamern": true, "kumeron": false, "ameron": false, "akameron": false, "gameron": false} {
		p, _ := soundPattern("kameron", 1)
		p.fix(2)
		if h := p.match(name); (h.whole < far) != finds {
			t.Errorf("%q: %+v", name, h)
		}
	}
}

// TestTranslations: a translated name in another script is found by how it sounds only from that script.
func TestTranslations(t *testing.T) {
	list := listed{"Bhutan", "Putin", "بوتان", "Γερμανία", "Германия"}
	var names []Name
	for i, name := range list {
		names = append(names, Name{Claim: uint32(i), Text: name, Translated: i > 1})
	}
	x := Index{}.With(names)
	for text, want := range map[string]string{"Путин": "Putin", "بوتان": "بوتان", "Герамния": "Германия", "Γερμανια": "Γερμανία", "Γερμανυα": "Γερμανία", "germania": ""} {
		page, _ := x.Search(list, &Search{Text: text, First: 1}, &lists.Interrupt{})
		got := ""
		if len(page.List) > 0 {
			got = page.List[0].Name
		}
		if got != want {
			t.Errorf("%q finds %q instead of %q", text, got, want)
		}
	}
}

// TestScriptExplains: short vowels are missing in Arabic and Hebrew, and kana and Hangul have vowels besides, but nothing
// else may differ.
func TestScriptExplains(t *testing.T) {
	for _, c := range []struct {
		w          *weights
		text, name string
		apart      bool
	}{
		{arabic, "smrknd", "samarkand", false}, {arabic, "butin", "putin", false}, {arabic, "kirsi", "kars", true}, {arabic, "hsna", "hasan", true},
		{arabic, "bst", "vest", true}, {hebrew, "kib", "kiev", false}, {hebrew, "muskbh", "moskov", false}, {hebrew, "antnsk", "antonesku", true},
		{syllabic, "makuron", "makron", false}, {syllabic, "tokefu", "tokev", false}, {syllabic, "sagaribobe", "sagreb", true}, {syllabic, "tanapu", "tanapa", true},
	} {
		if got := c.w.apart(c.text, c.name, false); got > 0 != c.apart {
			t.Errorf("%q and %q are %d apart", c.text, c.name, got)
		}
	}
}
