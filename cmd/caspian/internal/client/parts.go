package client

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/live"
)

// A change that is too large for one request is sent in parts. Each part is committed as a whole or not at all,
// but the whole change is not; therefore all of it is checked first.

// errTooLarge is the error of a change that the service accepts only in parts.
var errTooLarge = errors.New("the request is larger than the service accepts")

// parts has the operations of a change in an order in which no part depends on a later one: entities, caps of
// confidence, claims, withdrawals, reinstatements, merges.
type parts struct {
	ops   []graph.Op
	sizes []int // the lengths of the operations as JSON
	head  int   // the number of operations on which others may depend: entities and caps of confidence
	// linked is true if operations refer to claims, which may be in another part.
	linked bool
}

func newParts(ops []graph.Op) (*parts, error) {
	p := &parts{ops: slices.Clone(ops)}
	slices.SortStableFunc(p.ops, func(a, b graph.Op) int { return cmp.Compare(stage(&a), stage(&b)) })
	p.sizes = make([]int, len(ops))
	for i := range p.ops {
		op := &p.ops[i]
		text, err := operationsJSON(p.ops[i : i+1])
		if err != nil {
			return nil, err
		}
		p.sizes[i] = len(text)
		if stage(op) <= stageCap {
			p.head++
		}
		p.linked = p.linked || op.Kind == graph.Retract || op.Kind == graph.Reinstate || op.Kind == graph.Merge || op.Kind == graph.Unmerge || op.Kind == graph.Assert && len(op.Claim.Supersedes) > 0
	}
	return p, nil
}

const (
	stageEntity = iota
	stageCap
	stageClaim
	stageOther
	stageReinstate
	stageMerge
)

func stage(op *graph.Op) int {
	switch {
	case op.Kind == graph.Declare:
		return stageEntity
	case op.Kind == graph.Assert && op.Claim.Predicate == "confidenceCap":
		return stageCap
	case op.Kind == graph.Assert:
		return stageClaim
	case op.Kind == graph.Reinstate:
		return stageReinstate
	case op.Kind == graph.Merge:
		return stageMerge
	}
	return stageOther
}

// each calls send with one part after the other. A part has operations of one stage, and at most *most bytes of
// JSON. If send finds a part too large, it must reduce *most.
func (p *parts) each(most *int, send func(from, to int) error) error {
	for from := 0; from < len(p.ops); {
		to, size := from, 0
		for to < len(p.ops) && (to == from || size+p.sizes[to] <= *most && stage(&p.ops[to]) == stage(&p.ops[from])) {
			size += p.sizes[to]
			to++
		}
		err := send(from, to)
		if errors.Is(err, errTooLarge) {
			if to-from == 1 {
				return tooLargeAlone(&p.ops[from], err)
			}
			*most = size / 2
			continue
		}
		if err != nil {
			return err
		}
		from = to
	}
	return nil
}

func tooLargeAlone(op *graph.Op, err error) error {
	return fmt.Errorf("%s: even alone, %w", op.Position, err)
}

// needed returns the operations of the head before the part on which it depends: the entities that it mentions,
// and all caps.
func (p *parts) needed(from, to int) []graph.Op {
	named := map[graph.ID]bool{}
	if stage(&p.ops[from]) == stageEntity {
		return nil
	}
	for i := from; i < to; i++ {
		names(&p.ops[i], named)
	}
	before := p.ops[:min(from, p.head)]
	for i := range before {
		if c := &before[i].Claim; before[i].Kind == graph.Assert {
			named[c.Subject], named[c.Source] = true, true
		}
	}
	var list []graph.Op
	for _, op := range before {
		if op.Kind != graph.Declare || named[op.Entity.ID] {
			list = append(list, op)
		}
	}
	return list
}

// partial is the error of a change that is committed in part.
type partial struct {
	error   // the reason why the rest is not committed
	receipt *live.Receipt
	done    int // number of committed operations
}

// Committed returns the receipt of the committed part, and its number of operations.
func (p *partial) Committed() (*live.Receipt, int) { return p.receipt, p.done }

// Unwrap returns the reason why the rest is not committed.
func (p *partial) Unwrap() error { return p.error }

// inParts commits a change in parts. If some parts are committed, the error is a *partial.
func (r *Importer) inParts(ctx context.Context, ops []graph.Op, of *graph.Change) (*live.Receipt, error) {
	p, err := newParts(ops)
	if err != nil {
		return nil, err
	}
	if r.most == 0 {
		for _, n := range p.sizes {
			r.most += n
		}
		r.most /= 2
	}
	if r.dry || !p.linked {
		got, err := r.checkParts(ctx, p)
		if err != nil || r.dry {
			return got, err
		}
	}
	part := graph.Change{}
	if of.Import != nil {
		as := *of.Import
		part.Import = &as
	}
	sum, done := &live.Receipt{Replayed: true}, 0
	err = p.each(&r.most, func(from, to int) error {
		got, err := r.commit(ctx, p.ops[from:to], &part)
		if err == nil {
			if got.Import != 0 && part.Import != nil {
				part.Import.First, sum.Import = got.Import, got.Import
			}
			sum.Seq, sum.Replayed = got.Seq, sum.Replayed && got.Replayed
			sum.Counts.Add(got.Counts)
			sum.Notices = append(sum.Notices, got.Notices...)
			done = to
		}
		return err
	})
	if err != nil && done > 0 {
		return nil, &partial{err, sum, done}
	}
	return sum, err
}

// checkParts checks a change in parts, each together with the earlier operations that it needs, and returns all
// problems. The receipt is for the whole change.
func (r *Importer) checkParts(ctx context.Context, p *parts) (*live.Receipt, error) {
	dry, most := *r, r.most
	dry.dry, dry.most = true, 0 // because the operations that a part needs are added to it
	sum := &live.Receipt{}
	caps := 0 // the number of new caps, which are sent again with later parts
	var problems graph.Problems
	err := p.each(&most, func(from, to int) error {
		before := p.needed(from, to)
		got, err := dry.commit(ctx, append(slices.Clip(before), p.ops[from:to]...), &graph.Change{})
		var ps graph.Problems
		if errors.As(err, &ps) {
			for _, x := range ps {
				if !slices.Contains(problems, x) {
					problems = append(problems, x)
				}
			}
			return nil
		}
		if err != nil {
			return err
		}
		fresh := got.Counts
		switch stage(&p.ops[from]) { // an operation is counted only with its own part
		case stageEntity:
		case stageCap:
			fresh.Entities = 0
			caps += fresh.Claims
		default:
			fresh.Entities = 0
			fresh.Claims -= caps
		}
		sum.Seq = got.Seq
		sum.Counts.Add(fresh)
		sum.Notices = append(sum.Notices, got.Notices...)
		return nil
	})
	if err == nil && len(problems) > 0 {
		return nil, problems
	}
	sum.Known = max(0, len(p.ops)-sum.Entities-sum.Claims-sum.Retractions-sum.Reinstatements-sum.Merges)
	return sum, err
}
