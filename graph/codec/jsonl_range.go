package codec

import (
	"math"

	"github.com/caspian-kg/caspian/graph"
)

// jsonRange is a range in a line: the range includes min and max, and excludes over and under.
type jsonRange struct {
	Min   *float64 `json:"min,omitempty"`
	Over  *float64 `json:"over,omitempty"`
	Max   *float64 `json:"max,omitempty"`
	Under *float64 `json:"under,omitempty"`
	Unit  string   `json:"unit,omitempty"`
}

func rangeJSON(v graph.Value) (x jsonRange) {
	r, _ := v.Range()
	x.Unit = v.Text()
	switch {
	case r.Over:
		x.Over = &r.Min
	case r.Least():
		x.Min = &r.Min
	}
	switch {
	case r.Under:
		x.Under = &r.Max
	case r.Most():
		x.Max = &r.Max
	}
	return x
}

// rangeOf converts a value that is a JSON object to a range. ok is false if the object is not a range.
func rangeOf(parts []part) (v graph.Value, ok bool, err error) {
	r, unit := graph.Range{Min: math.Inf(-1), Max: math.Inf(1)}, ""
	for _, p := range parts {
		end := &r.Max
		switch p.name {
		case "unit":
			if unit = p.text; !p.isText() || unit == "" {
				return v, false, nil
			}
			continue
		case "min":
			end = &r.Min
		case "over":
			end, r.Over = &r.Min, true
		case "max":
		case "under":
			r.Under = true
		default:
			return v, false, nil
		}
		if !p.isNumber() || !math.IsInf(*end, 0) {
			return v, false, nil
		}
		number, err := graph.ParseValue(graph.FloatKind, p.text)
		if err != nil {
			return v, true, err
		}
		*end = number.Float()
	}
	return graph.RangeValue(r, unit), r.Least() || r.Most(), nil
}
