package storetest

import (
	"fmt"
	"math"
	"time"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph"
)

// There are few ids, names and sources, so that commits share nodes.
var (
	ids = rapid.Custom(func(t *rapid.T) graph.ID {
		return graph.ID(rapid.StringMatching(`[a-zA-Z0-9][a-zA-Z0-9._:-]{0,5}`).Draw(t, "id"))
	})
	some  = rapid.SampledFrom([]graph.ID{"KAZ", "UZB", "astana", "hs-2844", "KZAAU", "a.b_c:d"})
	anyID = rapid.OneOf(some, ids)
	name  = rapid.SampledFrom([]string{"capital", "borders", "name", "population", "_x1"})
	text  = rapid.OneOf(rapid.Just(""), rapid.SampledFrom([]string{"Нұр-Сұлтан", "阿斯塔纳", "line\nbreak\ttab", `back\slash "quote"`, "<tag>&amp;", "\x00\u2028\U0001F30A"}), rapid.String())
	units = rapid.SampledFrom([]string{"km", "USD", "bcm", "a b"})
	dates = rapid.Custom(func(t *rapid.T) graph.Date {
		form := rapid.SampledFrom([]string{"%04d", "%04d-%02d", "%04d-%02d-%02d", "%.3[1]sX", "%.2[1]sXX"}).Draw(t, "form")
		y := rapid.IntRange(0, 9999).Draw(t, "year")
		m, d := rapid.IntRange(1, 12).Draw(t, "month"), rapid.IntRange(1, 28).Draw(t, "day")
		var s string
		switch form {
		case "%04d":
			s = fmt.Sprintf(form, y)
		case "%04d-%02d":
			s = fmt.Sprintf(form, y, m)
		case "%04d-%02d-%02d":
			s = fmt.Sprintf(form, y, m, d)
		default:
			s = fmt.Sprintf(form, fmt.Sprintf("%04d", y))
		}
		if form[:3] == "%04" && y > 0 && rapid.IntRange(0, 9).Draw(t, "bc") == 0 {
			s = "-" + s
		}
		date, err := graph.ParseDate(s + rapid.SampledFrom([]string{"", "", "?", "~", "%"}).Draw(t, "doubt"))
		if err != nil {
			t.Fatal(err)
		}
		return date
	})
	floats = rapid.OneOf(rapid.Float64(), rapid.SampledFrom([]float64{0, math.Copysign(0, -1), math.MaxFloat64, math.SmallestNonzeroFloat64, 0.1, 1e21}))
	values = rapid.Custom(func(t *rapid.T) graph.Value {
		switch k := graph.Kind(rapid.IntRange(int(graph.EntityKind), int(graph.RangeKind)).Draw(t, "kind")); k {
		case graph.NoneKind:
			return graph.NoneValue()
		case graph.EntityKind:
			return graph.EntityValue(anyID.Draw(t, "entity"))
		case graph.StringKind:
			return graph.StringValue(text.Draw(t, "string"))
		case graph.EnumKind:
			return graph.EnumOf(name.Draw(t, "enum"))
		case graph.IntKind:
			return graph.IntValue(rapid.OneOf(rapid.Int64(), rapid.SampledFrom([]int64{math.MinInt64, math.MaxInt64, 0})).Draw(t, "int"))
		case graph.FloatKind:
			return graph.FloatValue(floats.Draw(t, "float"))
		case graph.BoolKind:
			return graph.BoolValue(rapid.Bool().Draw(t, "bool"))
		case graph.DateKind:
			return graph.DateValue(dates.Draw(t, "date"))
		case graph.RangeKind:
			x, y := floats.Draw(t, "from"), floats.Draw(t, "to")
			r := graph.Range{Min: min(x, y), Max: max(x, y), Over: rapid.Bool().Draw(t, "over"), Under: rapid.Bool().Draw(t, "under")}
			switch rapid.IntRange(0, 3).Draw(t, "ends") {
			case 0:
				r.Min, r.Over = math.Inf(-1), false
			case 1:
				r.Max, r.Under = math.Inf(1), false
			}
			if r.Min == r.Max {
				r.Over, r.Under = false, false
			}
			return graph.RangeValue(r, rapid.OneOf(rapid.Just(""), units).Draw(t, "unit"))
		case graph.QuantityKind:
			return graph.QuantityValue(floats.Draw(t, "number"), units.Draw(t, "unit"))
		default:
			return graph.CoordinatesValue(rapid.Float64Range(-90, 90).Draw(t, "lat"), rapid.Float64Range(-180, 180).Draw(t, "lon"))
		}
	})
	intervals = rapid.Custom(func(t *rapid.T) graph.Interval {
		side := rapid.OneOf(rapid.Just(graph.Date{}), rapid.Just(graph.OpenDate), dates)
		iv := graph.Interval{From: side.Draw(t, "from"), To: side.Draw(t, "to")}
		if iv.Check() != nil {
			iv.From, iv.To = iv.To, iv.From
		}
		return iv
	})
	hashes   = rapid.StringMatching(`[0-9a-f]{0,64}`)
	claimIDs = rapid.Custom(func(t *rapid.T) graph.ClaimID {
		var id graph.ClaimID
		copy(id[:], rapid.SliceOfN(rapid.Byte(), len(id), len(id)).Draw(t, "claim id"))
		return id
	})
)

// Commits draws n commits of every kind, numbered from 1, that a store must accept.
func Commits(n int) *rapid.Generator[[]*graph.Commit] {
	return rapid.Custom(func(t *rapid.T) []*graph.Commit {
		g := newGenerator()
		cs := make([]*graph.Commit, n)
		for i := range cs {
			cs[i] = g.commit(t)
		}
		return cs
	})
}

// generator draws commits that a store must accept: no claim twice, no key twice.
type generator struct {
	claims map[graph.ClaimID]bool
	known  []graph.ClaimID
	keys   map[string]bool
	seq    graph.Seq
}

func newGenerator() *generator {
	return &generator{claims: make(map[graph.ClaimID]bool), keys: make(map[string]bool)}
}

func (g *generator) commit(t *rapid.T) *graph.Commit {
	g.seq++
	c := &graph.Commit{Seq: g.seq, At: time.UnixMicro(rapid.Int64Range(-1<<55, 1<<55).Draw(t, "at")).UTC()}
	if key := text.Draw(t, "key"); !g.keys[key] {
		c.Key = key
		g.keys[key] = true
	}
	if rapid.Bool().Draw(t, "made under an ontology") {
		c.Digest, c.Ontology = hashes.Draw(t, "digest"), hashes.Draw(t, "ontology")
	}
	if c.Key != "" {
		c.KeyDigest = hashes.Draw(t, "key's digest")
	}
	if rapid.IntRange(0, 2).Draw(t, "imported") == 0 {
		c.Import = &graph.Import{First: graph.Seq(rapid.Uint64Max(1<<32).Draw(t, "first")), Label: text.Draw(t, "label"), Files: text.Draw(t, "files"),
			Format: text.Draw(t, "format"), Sync: graph.ID(text.Draw(t, "sync")), Undid: graph.Seq(rapid.Uint64Max(9).Draw(t, "undid")), UndidSource: graph.ID(text.Draw(t, "source"))}
	}
	seen := make(map[graph.Entity]bool)
	for range rapid.IntRange(0, 4).Draw(t, "entities") {
		if e := (graph.Entity{ID: anyID.Draw(t, "entity id"), Type: name.Draw(t, "type")}); !seen[e] {
			seen[e] = true
			c.Entities = append(c.Entities, e)
		}
	}
	for range rapid.IntRange(0, 6).Draw(t, "claims") {
		cl := g.claim(t)
		if id := cl.ID(); !g.claims[id] {
			g.claims[id] = true
			g.known = append(g.known, id)
			c.Claims = append(c.Claims, cl)
		}
	}
	withdrawn := make(map[graph.ClaimID]bool)
	for range rapid.IntRange(0, 2).Draw(t, "retractions") {
		if id := g.someClaim(t); !withdrawn[id] {
			withdrawn[id] = true
			c.Retractions = append(c.Retractions, graph.Retraction{Claim: id, Reason: text.Draw(t, "reason")})
		}
	}
	if id := g.someClaim(t); !withdrawn[id] && rapid.IntRange(0, 2).Draw(t, "reinstates") == 0 {
		c.Reinstatements = append(c.Reinstatements, graph.Reinstatement{Claim: id, Reason: text.Draw(t, "reason")})
	}
	for range rapid.IntRange(0, 1).Draw(t, "merges") {
		if m := (graph.Merged{From: anyID.Draw(t, "merged"), Into: rapid.OneOf(rapid.Just(graph.ID("")), anyID).Draw(t, "into")}); m.From != m.Into {
			c.Merges = append(c.Merges, m)
		}
	}
	return c
}

func (g *generator) someClaim(t *rapid.T) graph.ClaimID {
	if len(g.known) == 0 || rapid.IntRange(0, 3).Draw(t, "unknown") == 0 {
		return claimIDs.Draw(t, "unknown claim")
	}
	return rapid.SampledFrom(g.known).Draw(t, "known claim")
}

func (g *generator) claim(t *rapid.T) graph.Claim {
	c := graph.Claim{
		Subject: anyID.Draw(t, "subject"), Predicate: name.Draw(t, "predicate"), Value: values.Draw(t, "value"),
		Valid: intervals.Draw(t, "valid"), Source: rapid.OneOf(rapid.Just(graph.ID("")), some).Draw(t, "source"),
		Locator: text.Draw(t, "locator"), Confidence: float64(rapid.IntRange(0, 10000).Draw(t, "confidence")) / 10000,
		Rank: graph.Rank(rapid.IntRange(0, 2).Draw(t, "rank")), Attribution: graph.Attribution(rapid.IntRange(0, 3).Draw(t, "attribution")),
		AttributedTo: text.Draw(t, "attributed to"), Original: text.Draw(t, "original"),
		Conflict: text.Draw(t, "conflict"), Note: text.Draw(t, "note"),
	}
	for i := range rapid.IntRange(0, 3).Draw(t, "qualifiers") {
		c.Qualifiers = append(c.Qualifiers, graph.QualifierValue{Name: fmt.Sprintf("q%d", i), Value: values.Draw(t, "qualifier")})
	}
	seen := make(map[graph.ClaimID]bool)
	for range rapid.IntRange(0, 2).Draw(t, "supersedes") {
		if id := g.someClaim(t); !seen[id] {
			seen[id] = true
			c.Supersedes = append(c.Supersedes, id)
		}
	}
	return c
}
