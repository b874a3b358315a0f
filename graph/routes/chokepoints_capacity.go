package routes

import (
	"math"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/question"
	"github.com/caspian-kg/caspian/schema"
)

// CapacityUnit is the unit of capacities if a question names none.
const CapacityUnit = "MtPerYear"

// Bounds are the least and the largest stated figure.
type Bounds struct{ Low, High float64 }

// CutCapacity is how much can pass through some elements together in a period, as far as sources state their
// capacities.
type CutCapacity struct {
	// Stated has the sum of the least stated capacities of the elements, and the sum of the largest.
	Stated Bounds
	// Open is true if a figure has no upper end, such as "over 5": the upper bound is then unknown, and Stated
	// has the lower end of the figure.
	Open bool
	// Unstated are the elements without a stated capacity. If there are any, the upper bound is unknown.
	Unstated []uint32
	Unit     string
	// Claims are the claims that state the capacities.
	Claims []uint32
}

// capacityUnit returns the unit of a question, or nil if none was given and the ontology lacks the default.
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

// capacity returns the stated capacities of a node or leg, in the unit of the question, and their claims.
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

// The weights of elements by capacity are in thousandths of the unit. An element without a stated capacity
// weighs more than all others can together.
const (
	unstatedWeight = 1 << 54
	mostWeight     = 1 << 38
)

// weigh returns the weight that an element adds to a cut: the largest stated capacity, so that the weight of a
// cut is an upper bound.
func (f *cutter) weigh(entity uint32) int64 {
	if f.weight == ByCount {
		return 1
	}
	stated, claims := f.capacity(entity)
	if len(claims) == 0 {
		return unstatedWeight
	}
	// At least 1, because an element with a capacity of 0 still has to be cut.
	return max(1, int64(math.Round(min(stated.High*1000, mostWeight))))
}

// limit returns the highest weight that a cut may have.
func (f *cutter) limit() int64 {
	if f.weight == ByCount {
		return maxCut
	}
	return (maxCut+1)*unstatedWeight - 1
}
