package routes

import (
	"math"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/question"
	"github.com/caspian-kg/caspian/schema"
)

// CapacityUnit is the unit of capacities where a question names none.
const CapacityUnit = "MtPerYear"

// Bounds are the least and the largest figure that is stated.
type Bounds struct{ Low, High float64 }

// CutCapacity is what can pass some elements together in a year or a day, as far as
// it is stated.
type CutCapacity struct {
	// Stated is the sum of the least, and of the largest, capacity that is
	// stated of each element.
	Stated Bounds
	// Open says that a figure has no upper end, as over 5: the most that can pass is
	// unknown, and Stated has the lower end.
	Open bool
	// Unstated are the elements whose capacity nobody states: if there are any, the
	// most that can pass is unknown.
	Unstated []uint32
	Unit     string
	// Claims has the claims that state it.
	Claims []uint32
}

// capacityUnit finds the unit of a question, or nil if the ontology has none and
// none was given.
func (n *Network) capacityUnit(o *ChokepointOptions) (*schema.Unit, error) {
	if o.Weight == ByCapacity && n.kind == Borders {
		return nil, graph.Errorf(graph.BadInput, "weight: borders have no capacity; ask with weight %s, or of the network %s", ByCount, Transport)
	}
	units := n.view.Snapshot().Ontology().Units
	if o.Unit == "" {
		return units[CapacityUnit], nil
	}
	u := units[o.Unit]
	if u == nil {
		return nil, graph.Errorf(graph.UnknownName, "unit: the ontology has no unit %q; the enum Unit lists them", graph.Clip(o.Unit))
	}
	return u, nil
}

// capacity is what is stated of one node or leg, in the unit of the question.
func (f *cutter) capacity(entity uint32) (stated Bounds, claims []uint32) {
	if f.unit == nil || f.unit.Factor == 0 {
		return Bounds{}, nil
	}
	return f.n.capacityOf(entity, f.unit, false)
}

// throughput returns the capacity of a cut, or nil for a cut of countries or waters.
func (f *cutter) throughput(kind CutKind, cut []uint32) *CutCapacity {
	if kind == CutCountries || kind == CutWaters || f.n.kind == Borders {
		return nil
	}
	t := &CutCapacity{Unit: CapacityUnit}
	if f.unit != nil {
		t.Unit = f.unit.Code
	}
	for _, e := range cut {
		stated, claims := f.capacity(e)
		if len(claims) == 0 {
			t.Unstated = append(t.Unstated, e)
			continue
		}
		if math.IsInf(stated.High, 1) {
			t.Open, stated.High = true, stated.Low
		}
		t.Stated.Low, t.Stated.High = t.Stated.Low+stated.Low, t.Stated.High+stated.High
		t.Claims = append(t.Claims, claims...)
	}
	t.Stated = Bounds{question.Round(t.Stated.Low), question.Round(t.Stated.High)}
	return t
}

// The weights of elements by capacity: thousandths of the unit. An element without a stated
// capacity weighs more than all others together can.
const (
	unstatedWeight = 1 << 54
	mostWeight     = 1 << 38
)

// weigh returns what an element adds to the weight of a cut: the largest capacity
// that is stated, so that a cut bounds what passes from above.
func (f *cutter) weigh(entity uint32) int64 {
	if f.weight == ByCount {
		return 1
	}
	stated, claims := f.capacity(entity)
	if len(claims) == 0 {
		return unstatedWeight
	}
	// An element with a capacity of 0 still has to be cut.
	return max(1, int64(math.Round(min(stated.High*1000, mostWeight))))
}

// limit returns the highest weight that a cut may have.
func (f *cutter) limit() int64 {
	if f.weight == ByCount {
		return maxCut
	}
	return (maxCut+1)*unstatedWeight - 1
}
