package schema

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// Timing says when the claims of a field hold, apart from their own dates.
type Timing struct {
	Kind  TimeKind
	Reach Reach
	// Past is true for a relation in the past tense.
	Past bool
}

// Reach says how far the claims of a field may hold before and after the days on which they are attested,
// unless their own dates say it.
type Reach struct{ Before, After Extent }

// Extent is one side of a reach. The zero Extent is LIFETIME.
type Extent struct {
	Kind ExtentKind
	// Days is the number of days for ToDays.
	Days int32
}

// ExtentKind says what bounds one side of a reach.
type ExtentKind uint8

// The kinds of extents.
const (
	// ToLifetime reaches as long as the entities at both ends exist.
	ToLifetime ExtentKind = iota
	// ToNext reaches until another dated claim answers the same question.
	ToNext
	// ToDays reaches for a number of days; 0 is written NONE.
	ToDays
)

// maxReach bounds the days of an extent: three thousand years.
const maxReach = 1_100_000

// String writes the extent in the form of the ontology.
func (e Extent) String() string {
	switch {
	case e.Kind == ToLifetime:
		return "LIFETIME"
	case e.Kind == ToNext:
		return "NEXT"
	case e.Days == 0:
		return "NONE"
	}
	return fmt.Sprintf("P%dD", e.Days)
}

// String writes the reach in the form of the ontology.
func (r Reach) String() string {
	if r.Before == r.After {
		return r.Before.String()
	}
	return r.Before.String() + "/" + r.After.String()
}

// ByNext reports whether the next claim can end the reach on some side.
func (r Reach) ByNext() bool { return r.Before.Kind == ToNext || r.After.Kind == ToNext }

// LifetimeEnd is what a claim says about the existence of an entity: nothing, its beginning or its end.
type LifetimeEnd uint8

// The ends of a lifetime.
const (
	NoEnd LifetimeEnd = iota
	Begins
	Ends
)

var lifetimeEnds = map[string]LifetimeEnd{"BEGINS": Begins, "ENDS": Ends}

// Lifetime is what the claims of a field say about the existence of their subject and their object.
type Lifetime struct{ Subject, Object LifetimeEnd }

func (l *loader) reach(pos *ast.Position, where string, kind TimeKind, args map[string]string) Reach {
	text, ok := args["reach"]
	if !ok {
		if kind == Observation {
			return Reach{Before: Extent{Kind: ToDays}}
		}
		return Reach{}
	}
	if kind != State && kind != Observation {
		l.fail(pos, "%s: only a STATE and an OBSERVATION have a reach; drop it", where)
	}
	before, after, two := strings.Cut(text, "/")
	if !two {
		after = before
	}
	var r Reach
	for _, side := range []struct {
		text string
		to   *Extent
	}{{before, &r.Before}, {after, &r.After}} {
		e, ok := parseExtent(side.text)
		if !ok {
			l.fail(pos, "%s: the reach %q is not known; use NONE, days such as P30D, NEXT or LIFETIME", where, side.text)
		}
		*side.to = e
	}
	return r
}

func parseExtent(s string) (Extent, bool) {
	switch s {
	case "LIFETIME":
		return Extent{}, true
	case "NEXT":
		return Extent{Kind: ToNext}, true
	case "NONE":
		return Extent{Kind: ToDays}, true
	}
	digits, ok := strings.CutPrefix(s, "P")
	digits, ok2 := strings.CutSuffix(digits, "D")
	days, err := strconv.ParseUint(digits, 10, 32)
	if !ok || !ok2 || err != nil || days == 0 || days > maxReach {
		return Extent{}, false
	}
	return Extent{Kind: ToDays, Days: int32(days)}, true
}

func (l *loader) lifetime(pos *ast.Position, where string, f *Field, args map[string]string) Lifetime {
	t := Lifetime{lifetimeEnds[args["subject"]], lifetimeEnds[args["object"]]}
	switch {
	case t == Lifetime{}:
		l.fail(pos, "%s: @lifetime needs subject or object, with BEGINS or ENDS", where)
	case f.Kind == Property && (f.Scalar != Date || f.Many || t.Object != NoEnd):
		l.fail(pos, "%s: @lifetime on a property takes only subject, and the property must be a single Date", where)
	case f.Kind == Relation && f.Time != Event:
		l.fail(pos, "%s: a relation with @lifetime must be an EVENT, because it begins or ends an entity", where)
	}
	return t
}
