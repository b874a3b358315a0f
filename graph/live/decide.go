package live

import (
	"context"
	"errors"
	"fmt"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/scenario"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

// decide checks one change and applies it to head. If it panics, only this change fails, and head is unchanged.
func (w *group) decide(r *request) (rec *Receipt, err error) {
	err = w.g.guard("deciding a change", func() error {
		rec, err = w.receipt(r)
		return err
	})
	var p *panicked
	if errors.As(err, &p) {
		w.head.Rewind()
		rec = nil
	}
	return rec, err
}

func (w *group) receipt(r *request) (*Receipt, error) {
	if err := r.ctx.Err(); err != nil {
		return nil, err
	}
	ch, digest := r.change, ""
	if ch.Key != "" {
		digest = ch.Digest()
		first, err := w.first(r.ctx, ch.Key)
		if err != nil {
			return nil, err
		}
		if first != nil {
			return w.replayed(ch, digest, first)
		}
	}
	res, problems := check(w.head, ch)
	if problems != nil {
		return nil, problems
	}
	rec := receiptOf(res)
	if rec.Seq = w.head.Seq(); res.Commit.Empty() {
		return rec, nil
	}
	c := &res.Commit
	c.Seq, c.KeyDigest = w.head.Seq()+1, digest
	c.At = w.g.clock.stamp(w.head.RecordedAt(w.head.Seq()))
	next, err := w.g.apply(w.head, c)
	if err != nil {
		// Every change that Check accepts can be applied. If one cannot, nothing of it is written.
		return nil, fmt.Errorf("applying commit %d: %w", c.Seq, err)
	}
	c.Digest, c.Ontology = next.Digest(), w.g.o.Hash()
	w.head, w.commits = next, append(w.commits, c)
	if c.Key != "" {
		if w.keys == nil {
			w.keys = map[string]*graph.Commit{}
		}
		w.keys[c.Key] = c
	}
	rec.Seq, rec.Import = c.Seq, importOf(c)
	return rec, nil
}

// check checks a change, of facts or of a scenario.
func check(s *snapshot.Snapshot, ch *graph.Change) (*graph.Result, graph.Problems) {
	if scenario.Of(ch) {
		return scenario.Check(s, ch)
	}
	return graph.Check(s.Ontology(), s.State(), ch)
}

// importOf returns the import of a commit, or 0 if it has none.
func importOf(c *graph.Commit) graph.Seq {
	if c.Import == nil {
		return 0
	}
	return c.Import.First
}

// first returns the commit that was first made with a key, or nil if there is none.
func (w *group) first(ctx context.Context, key string) (*graph.Commit, error) {
	if c := w.keys[key]; c != nil {
		return c, nil
	}
	if w.before != nil && w.before.keys[key] != nil {
		return w.before.keys[key], nil
	}
	seq, err := w.g.log.Key(ctx, key)
	if err != nil || seq == 0 {
		return nil, err
	}
	if seq > w.base.Seq() {
		return nil, fmt.Errorf("the idempotency key %q made commit %d: %w", key, seq, errOvertaken)
	}
	return commitAt(ctx, w.g.log, seq)
}

// replayed answers a change whose key was used before, if it is the same change. Everything in the change is
// recorded already, so checking it again changes nothing. The check reports the present state, for example
// claims withdrawn since.
func (w *group) replayed(ch *graph.Change, digest string, first *graph.Commit) (*Receipt, error) {
	again := *ch
	again.IfSeq = nil // the condition was true the first time
	res, problems := check(w.head, &again)
	same := first.KeyDigest == digest
	if first.KeyDigest == "" {
		// The digest of the change was not recorded with the key, so a change without effect may be the same
		// one.
		same = problems == nil && res.Commit.Empty()
	}
	if !same {
		return nil, graph.Errorf(graph.KeyReused, "the idempotency key %q came with another change, which made commit %d; use a new key for each change", ch.Key, first.Seq)
	}
	rec := &Receipt{Seq: first.Seq, Import: importOf(first), Counts: Counts{Known: len(ch.Ops)}, Replayed: true}
	if problems == nil {
		rec.Notices = res.Notices
	}
	if !scenario.Of(ch) {
		rec.IDs = graph.ClaimIDs(w.g.o, w.head.State(), ch)
	} else if problems == nil {
		rec.IDs = res.IDs
	}
	return rec, nil
}

func receiptOf(res *graph.Result) *Receipt {
	c := &res.Commit
	r := &Receipt{
		Counts: Counts{Entities: len(c.Entities), Claims: len(c.Claims), Retractions: len(c.Retractions), Reinstatements: len(c.Reinstatements), Merges: len(c.Merges), Known: res.Known},
		IDs:    res.IDs, Notices: res.Notices,
	}
	for i := range c.Claims {
		r.Superseded += len(c.Claims[i].Supersedes)
	}
	r.Retractions += r.Superseded
	return r
}
