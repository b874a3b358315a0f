package ingest

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph/live"
	"github.com/caspian-kg/caspian/graph/store"
	"github.com/caspian-kg/caspian/schema"
)

// more are statements, and lines that merge countries, part them, and let claims hold again.
var more = rapid.Custom(func(t *rapid.T) string {
	country := rapid.SampledFrom([]string{"KAZ", "UZB", "AZE"}).Draw(t, "country")
	switch rapid.IntRange(0, 9).Draw(t, "what") {
	case 0:
		return fmt.Sprintf(`{"merge":%q,"into":%q}`, country, rapid.SampledFrom([]string{"KAZ", "UZB"}).Draw(t, "into"))
	case 1:
		return fmt.Sprintf(`{"unmerge":%q}`, country)
	case 2:
		return strings.Replace(fmt.Sprintf(`{"retract":%q}`, isoClaim(t, country)), "retract", "reinstate", 1)
	}
	return statements.Draw(t, "statement")
})

// TestTrialSame imports random lines for real, and then others as a trial and for real: both say the same.
func TestTrialSame(t *testing.T) {
	o := schema.MustDefault()
	log, err := store.Open(t.TempDir(), store.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	rapid.Check(t, func(t *rapid.T) {
		g, err := live.Open(t.Context(), live.Dry(log), o, live.Options{Now: func() time.Time { return time.Unix(1_800_000_000, 0) }})
		if err != nil {
			t.Fatal(err)
		}
		text := func(name string) string { return strings.Join(rapid.SliceOfN(more, 0, 30).Draw(t, name), "\n") }
		first := Options{Batch: rapid.IntRange(1, 8).Draw(t, "first")}
		_, _ = Import(t.Context(), g, []Input{stream("a", declared+text("before"))}, first)
		inputs := []Input{stream("b", text("then"))}
		batch := Options{Batch: rapid.IntRange(1, 8).Draw(t, "batch")}
		at := g.Snapshot().Seq()
		tried, terr := Import(t.Context(), g.Trial(), inputs, batch)
		if g.Snapshot().Seq() != at {
			t.Fatal("a trial committed")
		}
		made, merr := Import(t.Context(), g, inputs, batch)
		tried.Seq, tried.Import, tried.as.First = made.Seq, made.Import, made.as.First
		if fmt.Sprint(terr) != fmt.Sprint(merr) || !reflect.DeepEqual(tried, made) {
			t.Fatalf("tried %+v, %v\nmade %+v, %v", tried, terr, made, merr)
		}
	})
}
