package input

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/validity"
	"github.com/caspian-kg/caspian/schema"
)

// The API's own scalars. Meta.Scalars coerces their input; bound readers write their output.
var (
	Date = scalar("Date", "A date in the Extended Date/Time Format (EDTF), with its precision: 2025, 2025-06, 2025-06-18, 2025-33 (the first quarter), 201X; ? marks it as uncertain, ~ as approximate, % as both.")
	// DateInterval reads as a graph.Interval whose two ends are dates.
	DateInterval = scalar("DateInterval", "A span of days, from one Date to another, both included, as an interval of EDTF: 2010/2020, 2014-03/2014-09-30. A single date is all its days: 2015.")
	DateTime     = scalar("DateTime", "An instant in UTC in the form of RFC 3339: 2025-12-20T09:00:00Z.")
	longType     = scalar("Long", "A whole number between -(2^53-1) and 2^53-1, as a JSON number: 3000000000. An Int has only 32 bits.")
	Value        = scalar("Value", "A literal of the kind that the ontology gives the field: a text, a number or a boolean. A quantity is written \"3 bcm\", a point \"48,68\" (latitude, longitude in degrees), a date as a Date.")
)

func scalar(name, about string) *graphql.Scalar {
	return graphql.NewScalar(graphql.ScalarConfig{
		Name: name, Description: about,
		Serialize: func(v any) any { return v },
	})
}

// scalars adds to meta how the input of the scalars is read.
func (ts *Types) scalars() {
	ts.meta.SpecifiedBy["DateTime"] = "https://scalars.graphql.org/andimarek/date-time.html"
	ts.meta.SpecifiedBy["Date"] = "https://www.loc.gov/standards/datetime/"
	ts.meta.Scalars["Date"] = func(v any) (any, error) {
		s, ok := v.(string)
		if !ok {
			return nil, fmt.Errorf("a Date is a string such as \"2025-06-18\"")
		}
		d, err := graph.ParseDate(s)
		if err == nil && !d.Known() {
			err = fmt.Errorf("%q is an unknown or open date; give a day, a month or a year, such as 2025-06", s)
		}
		return d, err
	}
	ts.meta.SpecifiedBy["DateInterval"] = ts.meta.SpecifiedBy["Date"]
	ts.meta.Scalars["DateInterval"] = func(v any) (any, error) {
		s, ok := v.(string)
		if !ok {
			return nil, fmt.Errorf("a DateInterval is a string such as \"2010/2020\"")
		}
		return graph.ParseSpan(s)
	}
	ts.meta.Scalars["DateTime"] = func(v any) (any, error) {
		s, ok := v.(string)
		if !ok {
			return nil, fmt.Errorf("a DateTime is a string such as \"2025-12-20T09:00:00Z\"")
		}
		t, err := time.Parse(time.RFC3339Nano, s)
		if err != nil {
			return nil, fmt.Errorf("%q is not an instant; write it as 2025-12-20T09:00:00Z", s)
		}
		return t, nil
	}
	ts.meta.Scalars["Value"] = func(v any) (any, error) {
		switch x := v.(type) {
		case string:
			return graph.LooseValue(x), nil
		case bool:
			return graph.LooseValue(strconv.FormatBool(x)), nil
		case int:
			return graph.LooseValue(strconv.Itoa(x)), nil
		case float64:
			if math.IsInf(x, 0) || math.IsNaN(x) {
				return nil, fmt.Errorf("the number is out of range")
			}
			return graph.LooseValue(graph.FloatValue(x).String()), nil
		}
		return nil, fmt.Errorf("a Value is a string, a number or a boolean")
	}
}

// Long returns the scalar of whole numbers beyond 32 bits, for ontologies that use it.
func (ts *Types) Long() *graphql.Scalar {
	ts.meta.Scalars["Long"] = func(v any) (any, error) {
		n, whole := 0, false
		switch x := v.(type) {
		case int:
			n, whole = x, true
		case float64:
			// The range is checked first, because a conversion beyond it is undefined.
			if whole = x == math.Trunc(x) && math.Abs(x) <= schema.MaxLong+1; whole {
				n = int(x)
			}
		}
		if !whole || n < -schema.MaxLong || n > schema.MaxLong {
			return nil, fmt.Errorf("a Long is a whole number from -%d to %d", schema.MaxLong, schema.MaxLong)
		}
		return n, nil
	}
	return longType
}

func (ts *Types) direction() *graphql.Enum {
	return ts.Enum("OrderDirection", "The direction of an order. Missing values come last in both.", schema.EnumMember{Name: "ASC", Description: "The least value first."}, schema.EnumMember{Name: "DESC", Description: "The greatest value first."})
}

// HoldsType returns the enum of whether a claim holds.
func (ts *Types) HoldsType() *graphql.Enum {
	return ts.Enum("Holds", "Whether a claim holds on the view's date, or in its span of days.",
		schema.EnumMember{Name: "YES", Description: "Its dates say so, or its source is of that date."},
		schema.EnumMember{Name: "POSSIBLY", Description: "It may hold: nothing attests that date, but the reach of its field includes it; or the dates are not exact enough."},
		schema.EnumMember{Name: "NO", Description: "It does not hold then, or the view hides it. Most lists leave such claims out; fields such as claim, timeline and search show them."})
}

// BasisType returns the enum of the reasons for which a claim holds.
func (ts *Types) BasisType() *graphql.Enum {
	return ts.Enum("Basis", "What it rests on that a claim holds on the view's date, the best first.",
		schema.EnumMember{Name: validity.Dated.String(), Description: "The claim gives dates: the view's date is within them, or between one of them and the date of the source."},
		schema.EnumMember{Name: validity.Attested.String(), Description: "The claim gives no dates; its source is of the view's date, or reports an event as past by then."},
		schema.EnumMember{Name: validity.Reached.String(), Description: "Nothing attests the view's date, but the reach of the field includes it: for some time around what is attested, until another claim says otherwise, or as long as both entities exist."})
}

// RankType returns the enum of ranks.
func (ts *Types) RankType() *graphql.Enum {
	return ts.Enum("Rank", "A curator's preference among claims, which goes before their confidence.",
		schema.EnumMember{Name: graph.Preferred.String(), Description: "Preferred over all others."},
		schema.EnumMember{Name: graph.Normal.String(), Description: "The default."},
		schema.EnumMember{Name: graph.Deprecated.String(), Description: "Fills no plain field or list; fields that list every claim show it, such as claims."})
}

// AttributionType returns the enum of whose statement a claim is.
func (ts *Types) AttributionType() *graphql.Enum {
	return ts.Enum("Attribution", "Whether the source asserts, reports or estimates what the claim says, or a curator infers it.",
		schema.EnumMember{Name: "ASSERTED", Description: "The source says so itself."},
		schema.EnumMember{Name: "REPORTED", Description: "The source reports what somebody else says, named by attributedTo."},
		schema.EnumMember{Name: "ESTIMATED", Description: "The source calls it an estimate."},
		schema.EnumMember{Name: "INFERRED", Description: "A curator infers it from the source."})
}
