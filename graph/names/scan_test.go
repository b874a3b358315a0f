package names

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// TestScan compares a scan over a layer, which skips blocks, with matching each
// of its labels separately.
func TestScan(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	syllables := strings.Fields("ka ra ba si len tor mi nov grad bek stan al ur du")
	word := func() string {
		w := ""
		for range 2 + r.IntN(3) {
			w += syllables[r.IntN(len(syllables))]
		}
		return w
	}
	var list []label
	for i := range 3000 {
		list = appendLabels(list, word()+" "+word(), uint32(i), false)
	}
	slices.SortFunc(list, compareLabels)
	list[0].key = strings.Repeat("aba ", 80) + "end" // longer than what can be shared
	list[1].key = list[0].key + "s"
	layer := newSoundLayer(list)
	if back := layer.labels(); !slices.Equal(back, list) {
		t.Fatal("the labels of a layer are not those from which it was built")
	}
	for n := range 300 {
		sought := []byte(strings.ReplaceAll(list[n*61%len(list)].key, " ", ""))
		sought = sought[:min(len(sought), 4+r.IntN(20))]
		if n%2 == 0 && n > 3 {
			i := r.IntN(len(sought) - 1)
			sought[i], sought[i+1] = sought[i+1], sought[i]
		}
		p, _ := soundPattern(string(sought), n%3)
		got := map[int]hit{}
		layer.scan(p, func() bool { return false }, func(i int, h hit, _ []byte) { got[i] = h })
		found := 0
		for i, l := range list {
			want := p.match(l.key)
			if want.whole == far && want.words == far && want.prefix == far {
				if h, ok := got[i]; ok {
					t.Fatalf("%q finds %q: %+v", sought, l.key, h)
				}
				continue
			}
			found++
			if got[i] != want {
				t.Fatalf("%q in %q: %+v instead of %+v", sought, l.key, got[i], want)
			}
		}
		if n < 3 && found == 0 {
			t.Errorf("%q with %d edits finds nothing", sought, n%3)
		}
	}
}

// TestScanAfterBlock finds a name directly after a skipped block.
func TestScanAfterBlock(t *testing.T) {
	var list []label
	for i := range 2 * soundBlock {
		list = appendLabels(list, fmt.Sprintf("a%03d", i), uint32(i), false)
	}
	list = appendLabels(list, "ba", uint32(len(list)), false)
	p, _ := soundPattern("ba", 0)
	found := -1
	newSoundLayer(list).scan(p, func() bool { return false }, func(i int, _ hit, _ []byte) { found = i })
	if found != 2*soundBlock {
		t.Errorf("the name after two blocks of others is %d and found as %d", 2*soundBlock, found)
	}
}

func TestScanStops(t *testing.T) {
	var list []label
	for i := range 10_000 {
		list = appendLabels(list, fmt.Sprintf("name%05d", i), uint32(i), false)
	}
	p, _ := soundPattern("name", 0)
	seen := 0
	newSoundLayer(list).scan(p, func() bool { return seen >= 100 }, func(int, hit, []byte) { seen++ })
	if seen < 100 || seen > 200 {
		t.Errorf("a scan that must stop after 100 labels stopped after %d", seen)
	}
}
