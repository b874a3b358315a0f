package live

import (
	"context"
	"slices"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/schema"
)

// Trial tries out changes in turn: each is checked as if the graph had committed those before it. It commits nothing,
// and other writers do not wait for it. Only one goroutine may use it. It keeps every change in memory.
type Trial struct {
	o  *schema.Ontology
	at graph.Seq // of the graph when the trial began
	st *tried
}

// Trial begins a trial on the present graph.
func (g *Graph) Trial() *Trial {
	now := g.Snapshot()
	return &Trial{o: g.o, at: now.Seq(), st: newTried(g.o, now.State())}
}

// Check checks a change and does not keep it.
func (t *Trial) Check(ch *graph.Change) (*graph.Result, error) {
	res, problems := graph.Check(t.o, t.st, ch)
	if problems != nil {
		return nil, problems
	}
	return res, nil
}

// Commit returns the receipt that the change would get after the changes before it. Its number is that of the present graph.
func (t *Trial) Commit(ctx context.Context, ch *graph.Change) (*Receipt, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	res, err := t.Check(ch)
	if err != nil {
		return nil, err
	}
	rec := receiptOf(res)
	if rec.Seq = t.at; res.Commit.Empty() {
		return rec, nil
	}
	res.Commit.Seq = t.st.Seq() + 1
	t.st.add(&res.Commit)
	rec.Import = importOf(&res.Commit)
	return rec, nil
}

// place is a subject with a predicate.
type place struct {
	subject   graph.ID
	predicate string
}

// tried is the state of a graph after commits that are not in it. It implements graph.State.
type tried struct {
	graph.State // the graph itself
	o           *schema.Ontology
	commits     []*graph.Commit
	types       map[graph.ID]string
	claims      map[graph.ClaimID]*graph.Claim // that the commits state
	order       []graph.ClaimID                // these, in record order
	events      map[graph.ClaimID][]graph.Event
	at          map[place][]graph.ClaimID   // what the commits state or reinstate, by its place
	gone        map[place][]graph.ClaimID   // the claims of the graph that the commits withdraw
	keys        map[[2]string]graph.ClaimID // the last claim with a value of a key
	into        map[graph.ID]graph.ID       // "" for one that stands for itself again
}

func newTried(o *schema.Ontology, st graph.State) *tried {
	return &tried{State: st, o: o, types: map[graph.ID]string{}, claims: map[graph.ClaimID]*graph.Claim{}, events: map[graph.ClaimID][]graph.Event{},
		at: map[place][]graph.ClaimID{}, gone: map[place][]graph.ClaimID{}, keys: map[[2]string]graph.ClaimID{}, into: map[graph.ID]graph.ID{}}
}

// add adds the next commit.
func (t *tried) add(c *graph.Commit) {
	t.commits = append(t.commits, c)
	for _, e := range c.Entities {
		t.types[e.ID] = e.Type
	}
	for i := range c.Claims {
		cl := &c.Claims[i]
		id := cl.ID()
		t.claims[id], t.order = cl, append(t.order, id)
		t.hold(id, cl, c.Seq)
		for _, old := range cl.Supersedes {
			t.withdraw(old, c.Seq)
		}
	}
	for _, r := range c.Retractions {
		t.withdraw(r.Claim, c.Seq)
	}
	for _, r := range c.Reinstatements {
		cl, _, _ := t.Claim(r.Claim)
		t.hold(r.Claim, &cl, c.Seq)
	}
	for _, m := range c.Merges {
		t.into[m.From] = m.Into
	}
}

func (t *tried) hold(id graph.ClaimID, cl *graph.Claim, seq graph.Seq) {
	p := place{cl.Subject, cl.Predicate}
	if !slices.ContainsFunc(t.events[id], func(e graph.Event) bool { return e.Live }) {
		t.at[p] = append(t.at[p], id)
	}
	t.events[id] = append(t.events[id], graph.Event{Seq: seq, Live: true})
	if fs := t.o.Predicate(cl.Predicate); len(fs) > 0 && fs[0].Key != "" {
		t.keys[[2]string{cl.Predicate, cl.Value.String()}] = id
	}
}

func (t *tried) withdraw(id graph.ClaimID, seq graph.Seq) {
	if cl, live, ok := t.State.Claim(id); ok && live && len(t.events[id]) == 0 {
		p := place{cl.Subject, cl.Predicate}
		t.gone[p] = append(t.gone[p], id)
	}
	t.events[id] = append(t.events[id], graph.Event{Seq: seq})
}

// touched reports whether the commits state, withdraw or reinstate the claim, and whether it then holds.
func (t *tried) touched(id graph.ClaimID) (live, yes bool) {
	events := t.events[id]
	if len(events) == 0 {
		return false, false
	}
	return events[len(events)-1].Live, true
}

func (t *tried) Seq() graph.Seq { return t.State.Seq() + graph.Seq(len(t.commits)) }

func (t *tried) TypeOf(id graph.ID) (string, bool) {
	if name, ok := t.types[id]; ok {
		return name, true
	}
	return t.State.TypeOf(id)
}

func (t *tried) Claim(id graph.ClaimID) (c graph.Claim, live, ok bool) {
	if cl := t.claims[id]; cl != nil {
		c, ok = *cl, true
	} else {
		c, live, ok = t.State.Claim(id)
	}
	if now, yes := t.touched(id); yes {
		live = now
	}
	return c, live, ok
}

func (t *tried) Values(subject graph.ID, predicate string) []graph.Value {
	p := place{subject, predicate}
	vs := slices.Clone(t.State.Values(subject, predicate))
	for _, id := range t.gone[p] { // those that hold again are added below
		cl, _, _ := t.State.Claim(id)
		if i := slices.Index(vs, cl.Value); i >= 0 {
			vs = slices.Delete(vs, i, i+1)
		}
	}
	for _, id := range t.at[p] {
		if live, _ := t.touched(id); live {
			cl, _, _ := t.Claim(id)
			vs = append(vs, cl.Value)
		}
	}
	return vs
}

func (t *tried) Holder(predicate string, v graph.Value) (graph.ID, bool) {
	if id, ok := t.keys[[2]string{predicate, v.String()}]; ok {
		if cl, live, _ := t.Claim(id); live {
			return cl.Subject, true
		}
	}
	return t.State.Holder(predicate, v)
}

func (t *tried) Commits(first graph.Seq) []graph.Seq {
	list := slices.Clone(t.State.Commits(first))
	for _, c := range t.commits {
		if importOf(c) == first {
			list = append(list, c.Seq)
		}
	}
	return list
}

func (t *tried) Undos(fn func(undo, undid graph.Seq)) {
	for _, c := range slices.Backward(t.commits) {
		if c.Import != nil && c.Import.Undid != 0 {
			fn(c.Seq, c.Import.Undid)
		}
	}
	t.State.Undos(fn)
}

func (t *tried) Learned(since, last graph.Seq, fn func(id graph.ClaimID, seq graph.Seq, withdrawn bool)) {
	t.State.Learned(since, last, fn)
	for _, withdrawn := range []bool{false, true} {
		for _, c := range t.commits {
			if c.Seq > since && c.Seq <= last {
				learned(c, withdrawn, fn)
			}
		}
	}
}

// learned calls fn with the claims that a commit withdraws, or else with those that it states or reinstates.
func learned(c *graph.Commit, withdrawn bool, fn func(graph.ClaimID, graph.Seq, bool)) {
	for i := range c.Claims {
		if !withdrawn {
			fn(c.Claims[i].ID(), c.Seq, false)
			continue
		}
		for _, old := range c.Claims[i].Supersedes {
			fn(old, c.Seq, true)
		}
	}
	for _, r := range c.Retractions {
		if withdrawn {
			fn(r.Claim, c.Seq, true)
		}
	}
	for _, r := range c.Reinstatements {
		if !withdrawn {
			fn(r.Claim, c.Seq, false)
		}
	}
}

func (t *tried) History(id graph.ClaimID) []graph.Event {
	return slices.Concat(t.State.History(id), t.events[id])
}

func (t *tried) StatedBy(source graph.ID, fn func(id graph.ClaimID, c *graph.Claim)) {
	t.State.StatedBy(source, t.untouched(fn))
	t.holding(func(c *graph.Claim) bool { return c.Source == source }, fn)
}

func (t *tried) Naming(id graph.ID, fn func(id graph.ClaimID, c *graph.Claim)) {
	t.State.Naming(id, t.untouched(fn))
	t.holding(func(c *graph.Claim) bool { return c.Names(id) }, fn)
}

// untouched passes on the claims that the commits leave as they are.
func (t *tried) untouched(fn func(graph.ClaimID, *graph.Claim)) func(graph.ClaimID, *graph.Claim) {
	return func(id graph.ClaimID, c *graph.Claim) {
		if _, yes := t.touched(id); !yes {
			fn(id, c)
		}
	}
}

// holding calls fn with the claims that the commits state or reinstate and that hold after them.
func (t *tried) holding(wanted func(*graph.Claim) bool, fn func(graph.ClaimID, *graph.Claim)) {
	pass := func(id graph.ClaimID) {
		if cl, live, _ := t.Claim(id); live && wanted(&cl) {
			fn(id, &cl)
		}
	}
	for _, c := range t.commits {
		for _, r := range c.Reinstatements {
			if t.claims[r.Claim] == nil && t.last(r.Claim) == c.Seq {
				pass(r.Claim)
			}
		}
	}
	for _, id := range t.order {
		pass(id)
	}
}

// last is the commit that touched a claim last.
func (t *tried) last(id graph.ClaimID) graph.Seq {
	events := t.events[id]
	return events[len(events)-1].Seq
}

func (t *tried) Into(id graph.ID) (graph.ID, bool) {
	if into, ok := t.into[id]; ok {
		return into, into != ""
	}
	return t.State.Into(id)
}

func (t *tried) Merges(since, last graph.Seq, fn func(m graph.Merged, seq graph.Seq) bool) {
	more := true
	t.State.Merges(since, last, func(m graph.Merged, seq graph.Seq) bool {
		more = fn(m, seq)
		return more
	})
	for _, c := range t.commits {
		for _, m := range c.Merges {
			if more && c.Seq > since && c.Seq <= last {
				more = fn(m, c.Seq)
			}
		}
	}
}
