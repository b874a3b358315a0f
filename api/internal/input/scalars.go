package input

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/schema"
)

// The API's own scalars. Their input is read by Meta.Scalars; output goes through bound readers
// only.
var (
	Date     = scalar("Date", "A date of the Extended Date/Time Format with its precision: 2025, 2025-06, 2025-06-18, 201X, with ?, ~ or % for doubt.")
	DateTime = scalar("DateTime", "An instant as RFC 3339 writes it, in UTC: 2025-12-20T09:00:00Z.")
	longType = scalar("Long", "A whole number of up to 53 bits, as a JSON number: 3000000000. An Int has 32.")
	Value    = scalar("Value", "A literal of whatever kind the ontology wants: a text, a number or a boolean. A quantity is \"3 bcm\", a point \"48,68\", a date as Date writes it.")
)

func scalar(name, about string) *graphql.Scalar {
	return graphql.NewScalar(graphql.ScalarConfig{
		Name: name, Description: about,
		Serialize: func(v any) any { return v },
	})
}

func (ts *Types) scalars() {
	ts.meta.SpecifiedBy["DateTime"] = "https://scalars.graphql.org/andimarek/date-time.html"
	ts.meta.SpecifiedBy["Date"] = "https://www.loc.gov/standards/datetime/"
	ts.meta.Scalars["Date"] = func(v any) (any, error) {
		s, ok := v.(string)
		if !ok {
			return nil, fmt.Errorf("a Date is a text such as \"2025-06-18\"")
		}
		d, err := graph.ParseDate(s)
		if err == nil && !d.Known() {
			err = fmt.Errorf("%q names no date", s)
		}
		return d, err
	}
	ts.meta.Scalars["DateTime"] = func(v any) (any, error) {
		s, ok := v.(string)
		if !ok {
			return nil, fmt.Errorf("a DateTime is a text such as \"2025-12-20T09:00:00Z\"")
		}
		t, err := time.Parse(time.RFC3339Nano, s)
		if err != nil {
			return nil, fmt.Errorf("%q is no instant; write it as 2025-12-20T09:00:00Z", s)
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
		return nil, fmt.Errorf("a Value is a text, a number or a boolean")
	}
}

// Long is the scalar of whole numbers beyond 32 bits, where an ontology has any.
func (ts *Types) Long() *graphql.Scalar {
	ts.meta.Scalars["Long"] = func(v any) (any, error) {
		n, whole := 0, false
		switch x := v.(type) {
		case int:
			n, whole = x, true
		case float64:
			// In the range first: beyond it the conversion is anything.
			if whole = x == math.Trunc(x) && math.Abs(x) <= schema.MaxLong+1; whole {
				n = int(x)
			}
		}
		if !whole || n < -schema.MaxLong || n > schema.MaxLong {
			return nil, fmt.Errorf("a Long is a whole number of at most %d either way", schema.MaxLong)
		}
		return n, nil
	}
	return longType
}

func (ts *Types) direction() *graphql.Enum {
	return ts.Enum("OrderDirection", "Missing values come last either way.", Members("ASC", "DESC")...)
}

func (ts *Types) HoldsType() *graphql.Enum {
	return ts.Enum("Holds", "How surely a claim holds at the view's date.",
		schema.EnumMember{Name: "YES", Description: "The source attests it for that date."},
		schema.EnumMember{Name: "POSSIBLY", Description: "An open or unknown end leaves room for it."},
		schema.EnumMember{Name: "NO", Description: "It does not; a claim asked for by its id may be so."})
}

func (ts *Types) RankType() *graphql.Enum {
	return ts.Enum("Rank", "Which of several claims is to be shown, beyond their confidence.", Members(graph.RankNames[:]...)...)
}

func (ts *Types) AttributionType() *graphql.Enum {
	return ts.Enum("Attribution", "In whose voice the source makes the claim.",
		schema.EnumMember{Name: "ASSERTED", Description: "The source says so itself."},
		schema.EnumMember{Name: "REPORTED", Description: "The source reports what another says: attributedTo."},
		schema.EnumMember{Name: "ESTIMATED", Description: "The source calls it an estimate."},
		schema.EnumMember{Name: "INFERRED", Description: "The curator's reading of the source."})
}
