package text

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
	"pgregory.net/rapid"
)

// TestCompare gives the order of names as people know it.
func TestCompare(t *testing.T) {
	want := []string{
		"", " ", "-", "'s", "1", "10", "2", "A", "aa", "Åland", "Albania", "Ålesund", "Alicante", "Côte", "cote d'Ivoire", "Côte d'Ivoire", "Curaçao",
		"resume", "Resume", "résumé", "São Tomé", "Sao Tome and Principe", "Straße", "Strasse b", "zebra", "Zürich", "Ελλάδα", "Казахстан", "Қазақстан", "Россия", "إيران", "東京",
	}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, Compare)
	if !slices.Equal(got, want) {
		t.Errorf("\n got %q\nwant %q", got, want)
	}
}

var scripts = rapid.OneOf(
	rapid.StringMatching(`[a-cA-C' \-.l]{0,5}`),
	rapid.StringOfN(rapid.RuneFrom([]rune("aAåÅäbßsæœøoıiIłlL·\u0300\u0306\u0308Ǆдий́ёіΑάσςΣªº¼ŉ'’ ")), 0, 6, -1),
	rapid.StringOfN(rapid.RuneFrom([]rune("日本語한국กเแ\u0e31हिإيا\u200d\ufe0f😀\x00\x01\u00ad")), 0, 4, -1),
	rapid.String())

// TestCompareAgainstTheLibrary: the table and the keys say what the
// library's own comparison says.
func TestCompareAgainstTheLibrary(t *testing.T) {
	oracle := collate.New(language.MustParse("und"))
	rapid.Check(t, func(t *rapid.T) {
		a, b := scripts.Draw(t, "a"), scripts.Draw(t, "b")
		if rapid.Bool().Draw(t, "alike") {
			b = a + b
		}
		want := oracle.CompareString(a, b)
		if want == 0 {
			want = strings.Compare(a, b)
		}
		if got := Compare(a, b); got != want {
			t.Fatalf("%q and %q compare as %d, want %d", a, b, got, want)
		}
		if x, y := LeadingLetters(a), LeadingLetters(b); x != 0 && y != 0 && x != y && (x < y) != (want < 0) {
			t.Fatalf("the first letters of %q and %q are %x and %x", a, b, x, y)
		}
		if key, ok := AppendLetters(nil, a); ok && !strings.HasPrefix(Key(a), string(key)) {
			t.Fatalf("the letters of %q are %x, and its key is %x", a, key, Key(a))
		}
		if got := strings.Compare(Key(a), Key(b)); got != want {
			t.Fatalf("the keys of %q and %q compare as %d, want %d", a, b, got, want)
		}
	})
}

// TestLetterPairs: no two letters of the table make a third together, which
// the table could not know.
func TestLetterPairs(t *testing.T) {
	c := collate.New(language.Und)
	primary := func(s string) string {
		var buf collate.Buffer
		key := c.KeyFromString(&buf, s)
		for i := 0; i+1 < len(key); i += 2 {
			if key[i] == 0 && key[i+1] == 0 {
				return string(key[:i])
			}
		}
		t.Fatalf("no end of the letters in the key of %q", s)
		return ""
	}
	table := weightsOfLetters()
	var safe []rune
	alone := map[rune]string{}
	for r := range table.all {
		if table.all[r].n > 0 {
			safe = append(safe, rune(r))
			alone[rune(r)] = primary(string(rune(r)))
		}
	}
	if len(safe) < 1000 {
		t.Errorf("the table has only %d letters", len(safe))
	}
	step := 7 // prime, so that each letter meets all kinds
	if os.Getenv("CASPIAN_SOAK") != "" {
		step = 1
	}
	for i := 0; i < len(safe); i++ {
		for j := i % step; j < len(safe); j += step {
			if pair := string([]rune{safe[i], safe[j]}); primary(pair) != alone[safe[i]]+alone[safe[j]] {
				t.Fatalf("%q has separate letters", pair)
			}
		}
	}
}

// TestKeysTogether asks for more keys than are kept, from many goroutines.
func TestKeysTogether(t *testing.T) {
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := range 5000 {
				s := fmt.Sprint("東", (i*7+g)%20_000)
				if k := Key(s); !strings.HasSuffix(k, s) || k != makeKey(s) {
					t.Errorf("the key of %q is %q", s, k)
					return
				}
			}
		})
	}
	wg.Wait()
}

func FuzzCompare(f *testing.F) {
	f.Add("Åland", "Albania", "東京")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		if !utf8.ValidString(a + b + c) {
			return
		}
		x, y, z := Compare(a, b), Compare(b, c), Compare(a, c)
		if x != -Compare(b, a) || x == 0 != (a == b) || x <= 0 && y <= 0 && z > 0 || x >= 0 && y >= 0 && z < 0 {
			t.Fatalf("%q, %q and %q are in no order: %d %d %d", a, b, c, x, y, z)
		}
	})
}

func BenchmarkCompare(b *testing.B) {
	for _, pair := range [][2]string{{"Kazakhstan", "Kyrgyzstan"}, {"Åland", "Albania"}, {"東京都", "東京"}, {"Kazakhstan", "kazakhstan"}} {
		b.Run(pair[0], func(b *testing.B) {
			for b.Loop() {
				Compare(pair[0], pair[1])
			}
		})
	}
}

func BenchmarkKey(b *testing.B) {
	for b.Loop() {
		makeKey("Republic of Kazakhstan 東京")
	}
}
