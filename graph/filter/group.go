package filter

import (
	"github.com/caspian-kg/caspian/graph/aggregate"
	"github.com/caspian-kg/caspian/schema"
)

// Groups says how to divide a list into groups, and which of them to show.
type Groups struct {
	By     []GroupKey // at least one
	Having []GroupTest
	Order  []GroupOrder // the largest groups first, then by their keys, if it is empty
	First  *int         // nil means no limit
}

// GroupKey is what the edges of one group have in common.
type GroupKey struct {
	By Reading
	// Through, if not nil, is a relation of many values of the end that By names: the key is the id of an entity to which
	// it leads, and an edge is in the group of each. Only the end of By counts then.
	Through *schema.Field
	// Dates, if not WholeDate, groups dates by the part of time that they are in.
	Dates DatePart
	// Bounds, if not nil, groups numbers by the two bounds that they are between. They are in ascending order.
	Bounds []float64
}

// Plain reports whether the key is the value of its reading.
func (k *GroupKey) Plain() bool { return k.Through == nil && k.Dates == WholeDate && k.Bounds == nil }

// DatePart is a part of time by which dates are grouped.
type DatePart uint8

// The parts of time. WholeDate leaves dates as they are.
const (
	WholeDate DatePart = iota
	Month
	Quarter
	Year
	Decade
)

// GroupFigure is a figure of a group; for Count, By is the zero Reading.
type GroupFigure struct {
	Op aggregate.Op
	By Reading
}

// GroupTest tests a figure of a group.
type GroupTest struct {
	GroupFigure
	Test *Test
}

// GroupOrder is one key of an order of groups: their keys, or a figure.
type GroupOrder struct {
	Keys bool
	GroupFigure
	Descending bool
}
