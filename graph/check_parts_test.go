package graph

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/schema"
)

// longChange is a change of several parts, with faults, repetitions and texts in another form.
func longChange(r *rand.Rand) *Change {
	ch := &Change{Ops: []Op{
		{Kind: Declare, Entity: Entity{ID: "src", Type: schema.SourceType}}, {Kind: Declare, Entity: Entity{ID: "KAZ", Type: "Country"}},
		{Kind: Declare, Entity: Entity{ID: "nowhere", Type: "Realm"}},
	}}
	pick := func(of ...string) string { return of[r.IntN(len(of))] }
	var given []ClaimID
	for i := range 3*opsOfPart + 100 {
		c := Claim{Subject: "KAZ", Predicate: "name", Source: "src", Confidence: 1,
			Value: StringValue(pick("Kazakhstan", " Kazakhstan ", "Казахстан")), Locator: pick("row ", " row", "") + fmt.Sprint(r.IntN(2000))}
		if r.IntN(3) == 0 {
			c.Qualifiers = []QualifierValue{{"lang", StringValue(pick("en", " en"))}}
		}
		switch r.IntN(40) {
		case 0:
			c.Subject = ID(pick("nowhere", "XXX"))
		case 1:
			c.Predicate, c.Value = "area", QuantityValue(1, pick("km2", "kg"))
		case 2:
			c.Predicate, c.Value = "borders", EntityValue("KAZ")
		case 3:
			c.Source = ""
		}
		if i > 5 && r.IntN(20) == 0 {
			c.Supersedes = []ClaimID{given[r.IntN(len(given))]}
		}
		op := Op{Kind: Assert, Claim: c, Position: Position{File: "long.yaml", Line: i + 1}}
		c.Normalise()
		given = append(given, c.ID())
		ch.Ops = append(ch.Ops, op)
	}
	return ch
}

// withoutFaults leaves out the operations with problems.
func withoutFaults(ch *Change, problems Problems) *Change {
	bad := map[int]bool{}
	for _, p := range problems {
		bad[p.Position.Line] = true
	}
	next := &Change{}
	for _, op := range ch.Ops {
		if op.Kind == Assert && !bad[op.Position.Line] || op.Kind == Declare && op.Entity.ID != "nowhere" {
			next.Ops = append(next.Ops, op)
		}
	}
	return next
}

// TestParts checks long changes in parts and in one, and finds the same.
func TestParts(t *testing.T) {
	o := schema.MustDefault()
	for seed := range uint64(5) {
		ch := longChange(rand.New(rand.NewPCG(seed, 1)))
		kinds := map[Code]int{}
		for round := 0; ; round++ {
			one := newChecker(o, Nothing, ch)
			one.inOne = true
			want, faults := one.check(ch)
			got, problems := Check(o, Nothing, ch)
			if !reflect.DeepEqual(problems, faults) || !reflect.DeepEqual(got, want) {
				t.Fatalf("seed %d, round %d: in parts %d problems, in one %d; or another commit", seed, round, len(problems), len(faults))
			}
			for _, p := range faults {
				kinds[p.Code]++
			}
			if len(faults) == 0 {
				if len(want.Commit.Claims) < 2*opsOfPart || want.Known == 0 {
					t.Errorf("seed %d: only %d claims, %d known", seed, len(want.Commit.Claims), want.Known)
				}
				break
			}
			ch = withoutFaults(ch, faults)
		}
		if len(kinds) < 4 {
			t.Errorf("seed %d: only the problems %v", seed, kinds)
		}
	}
}

type failing struct{ State }

func (failing) TypeOf(id ID) (string, bool) { panic("no types today") }

// TestPartsPanic passes on the panic of a part.
func TestPartsPanic(t *testing.T) {
	defer func() {
		if v := fmt.Sprint(recover()); !strings.Contains(v, "no types today") {
			t.Errorf("recovered %s", v)
		}
	}()
	ch := longChange(rand.New(rand.NewPCG(1, 1)))
	ch.Ops = ch.Ops[3:] // all that is declared
	Check(schema.MustDefault(), failing{Nothing}, ch)
}
