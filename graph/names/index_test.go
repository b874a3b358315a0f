package names

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/graph/internal/lists"
)

// listed is a graph of entities "e0", "e1" and so on, each with one name.
type listed []string

func (g listed) Entities() int                                 { return len(g) }
func (g listed) ID(entity uint32) string                       { return fmt.Sprint("e", entity) }
func (g listed) ByCode(string, func(uint32, int))              {}
func (g listed) Types() []string                               { return []string{"City"} }
func (g listed) IsSource(string) bool                          { return false }
func (g listed) Prominence(uint32) uint16                      { return 0 }
func (g listed) Name(ref Ref) string                           { return g[ref.Claim] }
func (g listed) Visibility(uint32) Visibility                  { return Current }
func (listed) Current(uint32) bool                             { return true }
func (listed) Linked(_, _ uint32) bool                         { return false }
func (listed) Explained(uint32, []string) uint16               { return 0 }
func (listed) Related(uint32, []string, func(Named, uint16))   {}
func (listed) Holders(uint32, func(Named))                     {}
func (listed) Described([]string, func(uint32, Named, uint16)) {}
func (listed) Guides([]string) uint16                          { return 0 }
func (listed) ByClaim(string) (uint32, bool)                   { return None, false }
func (listed) Claims(uint32) int                               { return 8 }
func (listed) Translated(Ref) bool                             { return false }
func (listed) NamedIn(uint32, int) bool                        { return false }
func (g listed) Exists(uint32) bool                            { return true }

func (g listed) ByID(id string) (uint32, uint16, bool) {
	for i := range g {
		if g.ID(uint32(i)) == id {
			return uint32(i), 0, true
		}
	}
	return 0, 0, false
}

func (g listed) Named(dst []Named, refs []Ref) {
	for i, ref := range refs {
		dst[i] = Named{Entity: ref.Claim}
	}
}

func (g listed) names() []Name {
	list := make([]Name, len(g))
	for i, name := range g {
		list[i] = Name{Claim: uint32(i), Text: name}
	}
	return list
}

var cities = listed{"Astana", "Nur-Sultan", "Almaty", "Алматы", "Алма-Ата", "Tashkent", "Toshkent", "טשקנט", "Ürümqi", "Osh", "New Urgench", "Urgench"}

// TestSearch: how a text finds each name that it finds.
func TestSearch(t *testing.T) {
	x := Index{}.With(cities.names())
	for text, want := range map[string]string{
		"":            "",
		"e1":          "Nur-Sultan ID 990",
		"astana":      "Astana EXACT 1000",
		"asta":        "Astana PREFIX 850",
		"urumqi":      "Ürümqi EXACT 1000",
		"urgench":     "Urgench EXACT 1000, New Urgench WORD 850",
		"urgench new": "New Urgench WORD 840, Urgench PART 780",
		"almaty":      "Almaty EXACT 1000, Алматы TRANSLITERATED 920",
		"tashkant":    "Tashkent FUZZY 770",
		"qwrtzplkjh":  "",
		"nur":         "Nur-Sultan PREFIX 880",
		"sultan":      "Nur-Sultan WORD 850",
	} {
		page, ok := x.Search(cities, &Search{Text: text, First: 10}, &lists.Interrupt{})
		if !ok {
			t.Fatalf("%q: the search was ended", text)
		}
		var got []string
		for _, m := range page.List {
			shown := m.Name
			if m.Claim == None {
				shown = cities[m.Entity]
			}
			got = append(got, fmt.Sprint(shown, " ", m.Kind, " ", m.Score))
		}
		if g := strings.Join(got, ", "); g != want {
			t.Errorf("%q finds %s\nwant %s", text, g, want)
		}
	}
}

// TestLayers: an index that grew name by name is the one built at once, and so
// is the one that comes back from its arrays.
func TestLayers(t *testing.T) {
	whole, grown := Index{}.With(cities.names()), Index{}
	for _, name := range cities.names() {
		grown = grown.With([]Name{name})
	}
	restored, err := fromArrays(grown.arrays())
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []Index{grown, restored} {
		if err := x.Check(); err != nil {
			t.Error(err)
		}
		if !x.Equal(whole) || !slices.Equal(x.sounds.merged().labels(), whole.sounds.merged().labels()) {
			t.Error("the index differs from the one built at once")
		}
	}
}

// TestFromArrays refuses arrays that do not go together.
func TestFromArrays(t *testing.T) {
	for name, harm := range map[string]func(a *arrays){
		"keys":         func(a *arrays) { a.keys = a.keys[1:] },
		"words":        func(a *arrays) { a.words = nil },
		"sound claims": func(a *arrays) { a.soundClaims = a.soundClaims[1:] },
		"ends":         func(a *arrays) { a.ends[0] = 1 << 30 },
		"shared":       func(a *arrays) { a.shared[0] = 9 },
	} {
		a := Index{}.With(cities.names()).arrays()
		harm(&a)
		if _, err := fromArrays(a); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
