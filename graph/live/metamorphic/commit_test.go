package metamorphic

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
	"github.com/caspian-kg/caspian/graph/live"
	"github.com/caspian-kg/caspian/graph/store"
)

// outcome is what a caller of Commit gets.
type outcome struct {
	receipt *live.Receipt
	err     error
}

func (o outcome) String() string {
	if o.err != nil {
		return fmt.Sprintf("error %q (%s)", o.err, codeOf(o.err))
	}
	r := o.receipt
	return fmt.Sprintf("seq %d, %d entities, %d claims, %d retractions, %d reinstatements, %d known, %d ids, replayed %v",
		r.Seq, r.Entities, r.Claims, r.Retractions, r.Reinstatements, r.Known, len(r.IDs), r.Replayed)
}

func (a answer) String() string {
	if len(a.codes) > 0 {
		return fmt.Sprint("an error of the codes ", slices.Sorted(maps.Keys(a.codes)))
	}
	return fmt.Sprintf("seq %d, %d entities, %d claims, %d retractions, %d reinstatements, %d known, %d ids, replayed %v",
		a.seq, a.entities, a.claims, a.retractions, a.reinstatements, a.known, len(a.ids), a.replayed)
}

func codeOf(err error) graph.Code {
	var ge *graph.Error
	var ps graph.Problems
	switch {
	case errors.As(err, &ge):
		return ge.Code
	case errors.As(err, &ps) && len(ps) > 0:
		return ps[0].Code
	}
	return ""
}

// errKilled is the outcome of those whose process ended meanwhile.
var errKilled = errors.New("the process was killed")

// changes runs a line of changes.
func (r *run) changes(o op) error {
	chs, err := o.changes()
	if err != nil {
		return err
	}
	for i := range chs {
		r.m.resolve(&chs[i])
	}
	switch o.name() {
	case "import":
		return r.importLines(chs[0], number(o.args()["batch"]))
	case "elsewhere":
		// Another writer of the same log, on a machine whose clock nobody moved.
		other, err := live.Open(context.Background(), r.log.Log, ontologies[r.ontology](), live.Options{Now: r.honest, Elapsed: r.elapsed})
		if err != nil {
			return err
		}
		r.behind = true
		err = r.commitAll(chs, func(chs []change) []outcome { return []outcome{r.commit(other, chs[0])} })
		return errors.Join(err, other.Close())
	case "together":
		return r.commitAll(chs, r.together)
	}
	return r.commitAll(chs, func(chs []change) []outcome { return []outcome{r.commit(r.g, chs[0])} })
}

// commitAll makes the changes and finds what became of them.
func (r *run) commitAll(chs []change, do func([]change) []outcome) error {
	r.log.mu.Lock()
	r.log.hits, r.log.cancels = 0, nil
	r.log.mu.Unlock()
	r.disk.mu.Lock()
	r.disk.hits = 0
	r.disk.mu.Unlock()
	outs := do(chs)
	r.log.mu.Lock()
	hits := r.log.hits
	r.log.mu.Unlock()
	r.disk.mu.Lock()
	hits += r.disk.hits
	dead := r.disk.death
	r.disk.mu.Unlock()
	if dead != nil && dead.done {
		return r.buried(chs, dead)
	}
	if hits > 0 {
		r.behind = true
	}
	// After a write that failed the store may take its time before it tries again.
	waits := r.disk.hurt && r.unwritable() != nil
	if r.refusals++; hits > 0 || !waits {
		r.refusals = 0
	}
	if r.refusals > mostRefusals {
		return fmt.Errorf("the disk accepts writes again, and the store does not: %w", r.unwritable())
	}
	return r.settle(chs, outs, hits > 0 || waits)
}

// mostRefusals is how many seconds a store may wait before it tries a disk
// again that was full, and a few more.
const mostRefusals = 20

// buried continues with the image of a process that died while it wrote: no caller got an
// outcome.
func (r *run) buried(chs []change, dead *death) error {
	if dead.err != nil {
		return dead.err
	}
	faults, full := r.log.next, r.cache.full.Load()
	r.end()
	r.g, r.dir = nil, dead.image
	if err := r.openTwice(faults, full); err != nil {
		return fmt.Errorf("it does not start after a kill: %w", err)
	}
	outs := make([]outcome, len(chs))
	for i := range outs {
		outs[i].err = errKilled
	}
	old, err := r.readLog(0)
	if err != nil {
		return err
	}
	if len(old) < len(r.m.entries) {
		return fmt.Errorf("%w: the log has %d commits after the kill, of %d", errLost, len(old), len(r.m.entries))
	}
	return r.settle(chs, outs, true)
}

// queued is a context that reports its first use, which in Commit is after the change is queued.
type queued struct {
	context.Context
	report func()
}

func (q queued) Done() <-chan struct{} {
	q.report()
	return q.Context.Done()
}

// commit makes one change.
func (r *run) commit(g *live.Graph, ch change) outcome { return r.commitReporting(g, ch, func() {}) }

// commitReporting makes one change, and calls report once it is queued, perhaps several times.
func (r *run) commitReporting(g *live.Graph, ch change, report func()) (o outcome) {
	defer func() {
		if p := recover(); p != nil {
			o = outcome{err: fmt.Errorf("%w in Commit: %v", errPanic, p)}
		}
	}()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	switch ch.ctx {
	case "cancelled":
		cancel()
	case "late":
		go cancel()
	case "reading":
		r.log.mu.Lock()
		r.log.cancels = append(r.log.cancels, cancel)
		r.log.mu.Unlock()
	}
	ops := ch.read
	if ops == nil {
		ops = slices.Clone(ch.ops)
	}
	rec, err := g.Commit(queued{ctx, report}, &graph.Change{Ops: ops, Key: ch.key, IfSeq: ch.at})
	return outcome{rec, err}
}

// together makes the changes at once: the first holds the log until the others are queued, in the
// order of the history.
func (r *run) together(chs []change) []outcome {
	outs := make([]outcome, len(chs))
	gate := make(chan struct{})
	r.log.waiting = make(chan struct{})
	r.log.gate.Store(&gate)
	var wg sync.WaitGroup
	for i := range chs {
		queues, ended := make(chan struct{}), make(chan struct{})
		wg.Go(func() {
			defer close(ended)
			outs[i] = r.commitReporting(r.g, chs[i], sync.OnceFunc(func() { close(queues) }))
		})
		until := queues
		if i == 0 {
			until = r.log.waiting // in its append
		}
		select {
		case <-until:
		case <-ended: // without it
		}
	}
	r.log.gate.Store(nil)
	close(gate)
	wg.Wait()
	return outs
}

// importLines writes the change as an import file, reads that by the codec and
// commits it in batches, as an import does.
func (r *run) importLines(ch change, batch int) error {
	var ops []graph.Op
	err := codec.JSONLines.Decode(context.Background(), "import.jsonl", strings.NewReader(jsonLines(ch.ops)), func(op graph.Op) error {
		ops = append(ops, op)
		return nil
	})
	if err != nil {
		return fmt.Errorf("the codec refuses the import: %w", err)
	}
	if got, want := writtenOps(ops), writtenOps(ch.ops); got != want {
		return fmt.Errorf("the codec reads something else:\n%s", firstDifference(got, want))
	}
	for from := 0; from < len(ops); from += max(1, batch) {
		to := min(from+max(1, batch), len(ops))
		var out outcome
		err := r.commitAll([]change{{ops: ch.ops[from:to], read: ops[from:to:to]}}, func(chs []change) []outcome {
			out = r.commit(r.g, chs[0])
			return []outcome{out}
		})
		if err != nil || out.err != nil {
			return err
		}
	}
	return nil
}

// settle finds an order of the changes in which the model explains every
// outcome and what is new in the log, and takes the model there.
func (r *run) settle(chs []change, outs []outcome, faulty bool) error {
	truth, err := r.readLog(r.m.head())
	if err != nil {
		return err
	}
	s := settling{chs: chs, outs: outs, faulty: faulty}
	if r.behind {
		s.stale = r.m.upTo(min(r.m.head(), r.g.Snapshot().Seq()))
	}
	var m *model
	before := 0
	for _, start := range r.resolved(r.m, truth) {
		before = len(start.entries)
		s.truth = truth[before-len(r.m.entries):]
		if m = s.explain(start, 0, 0); m != nil {
			break
		}
	}
	if m == nil {
		s.truth = truth
		return s.failure(r.m)
	}
	for _, o := range outs {
		if errors.Is(o.err, errPanic) {
			return o.err
		}
	}
	r.m = m
	r.doubt(chs, outs, len(s.truth))
	r.lastGroup = len(s.truth)
	r.behind = r.behind && (faulty || r.g.Snapshot().Seq() < m.head())
	return r.checkTimes(before)
}

// doubt remembers the changes that may be in the log without counting yet: a store that
// accepts no writes shows them once it does. Earlier doubts are settled as soon as a new
// commit counts.
func (r *run) doubt(chs []change, outs []outcome, made int) {
	writable := r.unwritable() == nil
	if made > 0 || writable {
		r.doubtful = nil
	}
	if writable {
		return
	}
	for i, o := range outs {
		if errors.Is(o.err, store.ErrInDoubt) {
			r.doubtful = append(r.doubtful, chs[i])
		}
	}
}

// resolved returns the models that what was in doubt may have led to: nothing of
// it, and then what explains more and more of the new commits.
func (r *run) resolved(m *model, truth []entry) []*model {
	starts := []*model{m}
	s := settling{chs: r.doubtful, outs: slices.Repeat([]outcome{{err: store.ErrInDoubt}}, len(r.doubtful)), faulty: true}
	for n := 1; n <= min(len(truth), len(r.doubtful)); n++ {
		s.truth = truth[:n]
		if after := s.explain(m, 0, 0); after != nil {
			starts = append(starts, after)
		}
	}
	return starts
}

// maxDrift is how far record times may be ahead of the time that has passed
// since the process started.
const maxDrift = 2 * time.Minute

// checkTimes checks the record times against their rules.
func (r *run) checkTimes(before int) error {
	for i := before; i < len(r.m.entries); i++ {
		at := r.m.entries[i].at
		var last time.Time
		if i > 0 {
			last = r.m.entries[i-1].at
		}
		switch {
		case !at.After(last):
			return fmt.Errorf("commit %d is of %s, the one before it of %s", i+1, at, last)
		case !r.jumped && at.Sub(r.now()).Abs() > time.Second:
			return fmt.Errorf("commit %d is of %s, and the clock says %s", i+1, at, r.now())
		case at.After(r.honest().Add(maxDrift)) && at.Sub(last) > time.Second:
			return fmt.Errorf("commit %d is of %s, after a clock that jumped; it is %s", i+1, at, r.honest())
		}
	}
	return nil
}

// settling is the search for an explanation.
type settling struct {
	chs    []change
	outs   []outcome
	truth  []entry
	faulty bool
	stale  *model // the state from which a lagging graph may answer
}

// explain returns the model after all changes that are not done, a bit each,
// where the first n of the new commits are made.
func (s *settling) explain(m *model, done uint, n int) *model {
	if done == 1<<len(s.chs)-1 {
		if n == len(s.truth) {
			return m
		}
		return nil
	}
	for i, ch := range s.chs {
		if done&(1<<i) != 0 {
			continue
		}
		a, e := m.decide(ch)
		if e != nil && n < len(s.truth) && e.text() == s.truth[n].text() && s.made(i, a) {
			e.at = s.truth[n].at
			next := newModel(append(m.entries[:len(m.entries):len(m.entries)], *e))
			if found := s.explain(next, done|1<<i, n+1); found != nil {
				return found
			}
		}
		if s.unmade(i, a, e) {
			if found := s.explain(m, done|1<<i, n); found != nil {
				return found
			}
		}
	}
	return nil
}

// made reports whether the outcome fits a change that was made.
func (s *settling) made(i int, a answer) bool {
	o := s.outs[i]
	switch {
	case o.err == nil:
		return fits(o.receipt, a)
	case s.foreign(i):
		return false
	}
	return s.faulty || (s.chs[i].ctx == "late" || s.chs[i].ctx == "reading") && errors.Is(o.err, context.Canceled)
}

// foreign reports whether the error is of another caller's context.
func (s *settling) foreign(i int) bool {
	return s.chs[i].ctx == "" && errors.Is(s.outs[i].err, context.Canceled)
}

// unmade reports whether it fits one that was not.
func (s *settling) unmade(i int, a answer, e *entry) bool {
	o := s.outs[i]
	switch {
	case s.foreign(i):
		return false
	case o.err == nil && e == nil && fits(o.receipt, a), o.err != nil && a.codes[codeOf(o.err)], o.err != nil && s.faulty,
		s.chs[i].ctx != "" && errors.Is(o.err, context.Canceled):
		return true
	case s.stale != nil:
		a, e := s.stale.decide(s.chs[i])
		return o.err == nil && e == nil && fits(o.receipt, a) || o.err != nil && a.codes[codeOf(o.err)]
	}
	return false
}

func fits(r *live.Receipt, a answer) bool {
	return len(a.codes) == 0 && r.Seq == a.seq && r.Entities == a.entities && r.Claims == a.claims && r.Retractions == a.retractions && r.Reinstatements == a.reinstatements &&
		r.Known == a.known && r.Replayed == a.replayed && slices.Equal(r.IDs, a.ids)
}

func (s *settling) failure(m *model) error {
	var b strings.Builder
	b.WriteString("no order of the changes explains what they were answered and what the log has")
	for i, ch := range s.chs {
		a, e := m.decide(ch)
		fmt.Fprintf(&b, "\nchange %d: got %s\n  alone it would be: %s", i+1, s.outs[i], a)
		if e != nil {
			fmt.Fprintf(&b, "\n  and make:\n%s", e.text())
		}
	}
	fmt.Fprintf(&b, "\nnew in the log are %d commits", len(s.truth))
	for _, e := range s.truth {
		fmt.Fprintf(&b, "\n%s", e.text())
	}
	return errors.New(b.String())
}
