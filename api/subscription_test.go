package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"weak"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/api"
	"github.com/caspian-kg/caspian/api/operation"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/live"
)

// followed returns a subscription that must begin.
func followed(t testing.TB, a *api.API, f api.Follow, query string, args ...any) operation.Subscription {
	t.Helper()
	sub, res := a.Begin().Subscribe(context.Background(), &api.Request{Query: fmt.Sprintf(query, args...)}, f)
	if sub == nil {
		t.Fatalf("%s", res.Body)
	}
	return sub
}

// next returns the next answer, which must be there already.
func next(t testing.TB, sub operation.Subscription) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := sub.Wait(ctx); err != nil {
		t.Fatal(err)
	}
	res := sub.Answer(context.Background())
	defer res.Release()
	return string(res.Body)
}

// quiet reports whether there is no event.
func quiet(sub operation.Subscription) bool {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return errors.Is(sub.Wait(ctx), context.Canceled)
}

const assertion = `mutation { transact(input: {operations: [{assert: {subject: "KAZ", predicate: "%s", value: %s, source: "src", valid: "2020"}}]}) { sequence ids } }`

func TestFollow(t *testing.T) {
	a, _, _ := small(t)
	ask(t, a, setup)
	all := followed(t, a, api.Follow{}, `subscription { changes(sinceSequence: 0) { sequence recordedAt added { nodes { predicate value } } withdrawn { totalCount } entities { id } } }`)
	want(t, next(t, all), `{"data":{"changes":{"sequence":1,"recordedAt":"2026-01-15T12:00:00Z","added":{"nodes":[{"predicate":"title","value":"A source"},{"predicate":"capital","value":null},{"predicate":"population","value":"20000000"}]},"withdrawn":{"totalCount":0},"entities":[{"id":"KAZ"},{"id":"astana"},{"id":"src"}]}},"extensions":{"sequence":1}}`)
	if !quiet(all) {
		t.Error("more than there is")
	}
	now := followed(t, a, api.Follow{}, `subscription { changes { sequence } }`)
	filtered := followed(t, a, api.Follow{}, `subscription($w: ChangesFilter = {predicate: {eq: "area"}}) { changes(where: $w) { added { nodes { value } } withdrawn { nodes { value } } } }`)
	first := ask(t, a, assertion, "population", "1")
	ask(t, a, assertion, "area", `"2 km2"`)
	id := strings.Split(first, `"`)
	ask(t, a, `mutation { transact(input: {operations: [{retract: {claim: "%s"}}]}) { sequence } }`, id[len(id)-2])
	for n := 2; n <= 4; n++ {
		want(t, next(t, now), fmt.Sprintf(`{"data":{"changes":{"sequence":%d}},"extensions":{"sequence":%d}}`, n, n))
	}
	want(t, next(t, filtered), `{"data":{"changes":{"added":{"nodes":[{"value":"2 km2"}]},"withdrawn":{"nodes":[]}}},"extensions":{"sequence":3}}`)
	if !quiet(filtered) || filtered.After() != 4 {
		t.Errorf("looked as far as %d", filtered.After())
	}
	seq := graph.Seq(3)
	again := followed(t, a, api.Follow{After: &seq}, `subscription { changes(sinceSequence: 0) { withdrawn { nodes { value retractedAt } } } }`)
	want(t, next(t, again), `{"data":{"changes":{"withdrawn":{"nodes":[{"value":"1","retractedAt":"2026-01-15T12:00:00.000003Z"}]}}},"extensions":{"sequence":4}}`)
}

func TestFollowRefused(t *testing.T) {
	a, _, _ := small(t)
	for _, tc := range []struct{ args, want string }{
		{`(sinceSequence: 1)`, "BAD_USER_INPUT"},
		{`(sinceSequence: -1)`, "BAD_USER_INPUT"},
		{`(sinceSequence: "1")`, "GRAPHQL_VALIDATION_FAILED"},
		{`(where: {predicate: {eq: "captial"}})`, "UNKNOWN_NAME"},
		{`(where: {predicate: {in: ["capital", "captial"]}})`, "UNKNOWN_NAME"},
		{`(where: {or: [{not: {type: {eq: "Contry"}}}]})`, "UNKNOWN_NAME"},
		{`(where: {type: null})`, "BAD_USER_INPUT"},
		{`(where: {subject: {matches: "("}})`, "BAD_USER_INPUT"},
	} {
		sub, res := a.Begin().Subscribe(t.Context(), &api.Request{Query: `subscription { changes` + tc.args + ` { sequence } }`}, api.Follow{})
		if sub != nil || !strings.Contains(string(res.Body), `"code":"`+tc.want+`"`) {
			t.Errorf("%s: %v", tc.args, res)
		}
	}
	seq := graph.Seq(7)
	if _, res := a.Begin().Subscribe(t.Context(), &api.Request{Query: `subscription { changes { sequence } }`}, api.Follow{After: &seq}); res == nil {
		t.Error("resumed after the end of the store")
	}
	// A stream without a session that reads it never begins.
	if res := a.Begin().Execute(t.Context(), &api.Request{Query: `subscription { changes { sequence } }`}); res.Code != "SUBSCRIPTION_NOT_SUPPORTED" {
		t.Errorf("%s", res.Body)
	}
}

// TestFollowBehind: a client that was up to date and then reads too slowly learns where to resume;
// one that is still catching up is not disconnected.
func TestFollowBehind(t *testing.T) {
	a, _, _ := small(t)
	ask(t, a, setup)
	sub := followed(t, a, api.Follow{MaxBehind: 3}, `subscription { changes(sinceSequence: 0) { sequence } }`)
	for n := range 6 {
		ask(t, a, assertion, "population", fmt.Sprint(n+1))
	}
	for n := 1; n <= 7; n++ { // it lags by six entries, but was never up to date
		want(t, next(t, sub), fmt.Sprintf(`{"data":{"changes":{"sequence":%d}},"extensions":{"sequence":%d}}`, n, n))
	}
	if !quiet(sub) {
		t.Fatal("more than there is")
	}
	for n := range 3 {
		ask(t, a, assertion, "population", fmt.Sprint(n+10))
	}
	want(t, next(t, sub), `{"data":{"changes":{"sequence":8}},"extensions":{"sequence":8}}`)
	ask(t, a, assertion, "population", "20")
	ask(t, a, assertion, "population", "21")
	got := next(t, sub)
	if !sub.Lagged() || !strings.Contains(got, `"code":"SUBSCRIPTION_BEHIND"`) || !strings.Contains(got, `"resumeFrom":8`) || !strings.HasSuffix(got, `"data":null,"extensions":{"sequence":8}}`) {
		t.Error(got)
	}
	if err := sub.Wait(t.Context()); err != io.EOF {
		t.Errorf("then %v", err)
	}
}

// TestFollowWaits: a commit wakes a subscription that waits, and cancellation ends its wait, both
// without a timer.
func TestFollowWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, _, _ := small(t)
		sub := followed(t, a, api.Follow{}, `subscription { changes { sequence } }`)
		woken := make(chan error, 1)
		go func() { woken <- sub.Wait(t.Context()) }()
		synctest.Wait() // until it waits
		start := time.Now()
		ask(t, a, setup)
		if err := <-woken; err != nil {
			t.Fatal(err)
		}
		want(t, string(sub.Answer(t.Context()).Body), `{"data":{"changes":{"sequence":1}},"extensions":{"sequence":1}}`)
		ctx, cancel := context.WithCancel(t.Context())
		go func() { woken <- sub.Wait(ctx) }()
		synctest.Wait()
		cancel()
		if err := <-woken; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if took := time.Since(start); took > 0 { // of the bubble's clock, which moves when all wait for it
			t.Errorf("it waited for %s", took)
		}
	})
}

// entry is what a test reads of an event.
type entry struct {
	Sequence  int
	Added     struct{ Nodes []struct{ ID string } }
	Withdrawn struct{ Nodes []struct{ ID string } }
}

func (e *entry) ids() (added, withdrawn []string) {
	for _, n := range e.Added.Nodes {
		added = append(added, n.ID)
	}
	for _, n := range e.Withdrawn.Nodes {
		withdrawn = append(withdrawn, n.ID)
	}
	return added, withdrawn
}

// TestFollowModel compares what followers get, from any start and with filters, while commits are
// made alone and in groups, with a list of what was committed.
func TestFollowModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		a, g, _ := small(t)
		ask(t, a, setup)
		m := &followModel{t: t, api: a, graph: g, subject: map[graph.ClaimID]int64{}}
		rt.Repeat(map[string]func(*rapid.T){"commit": m.commit, "follow": m.follow, "listen": m.listen})
	})
}

// followModel is what was committed, and how far each follower has heard of it.
type followModel struct {
	t         *testing.T
	api       *api.API
	graph     *live.Graph
	log       []change // from sequence number 2 on
	subject   map[graph.ClaimID]int64
	standing  []graph.ClaimID
	followers []*follower
}

// change is what a commit added and withdrew.
type change struct{ added, withdrawn []graph.ClaimID }

type follower struct {
	sub  operation.Subscription
	at   int
	even bool
}

const followQuery = `subscription { changes%s { sequence added { nodes { id } } withdrawn { nodes { id } } } }`

func (m *followModel) commit(t *rapid.T) {
	var ch graph.Change
	var r change
	for range rapid.IntRange(0, 2).Draw(t, "asserts") {
		n := int64(len(m.subject))
		c := graph.Claim{Subject: "KAZ", Predicate: "population", Value: graph.IntValue(n + 1000), Source: "src", Confidence: 1}
		if n%2 == 1 {
			c.Confidence = 0.5
		}
		if len(m.standing) > 0 && rapid.Bool().Draw(t, "supersede") {
			i := rapid.IntRange(0, len(m.standing)-1).Draw(t, "old")
			c.Supersedes = []graph.ClaimID{m.standing[i]}
			r.withdrawn = append(r.withdrawn, m.standing[i])
			m.standing = slices.Delete(m.standing, i, i+1)
		}
		id := c.ID()
		m.subject[id] = n
		r.added = append(r.added, id)
		ch.Ops = append(ch.Ops, graph.Op{Kind: graph.Assert, Claim: c})
	}
	if len(m.standing) > 0 && rapid.Bool().Draw(t, "retract") {
		i := rapid.IntRange(0, len(m.standing)-1).Draw(t, "which")
		ch.Ops = append(ch.Ops, graph.Op{Kind: graph.Retract, Retract: graph.Retraction{Claim: m.standing[i]}})
		r.withdrawn = append(r.withdrawn, m.standing[i])
		m.standing = slices.Delete(m.standing, i, i+1)
	}
	if len(ch.Ops) == 0 {
		return
	}
	if _, err := m.graph.Commit(context.Background(), &ch); err != nil {
		t.Fatal(err)
	}
	m.standing = append(m.standing, r.added...)
	m.log = append(m.log, r)
}

func (m *followModel) follow(t *rapid.T) {
	f := &follower{at: rapid.IntRange(0, len(m.log)).Draw(t, "from"), even: rapid.Bool().Draw(t, "even")}
	args := fmt.Sprintf("(sinceSequence: %d", f.at+1)
	if f.even {
		args += ", where: {confidence: {gte: 0.9}}"
	}
	f.sub = followed(m.t, m.api, api.Follow{}, followQuery, args+")")
	m.followers = append(m.followers, f)
}

func (m *followModel) listen(t *rapid.T) {
	if len(m.followers) == 0 {
		return
	}
	f := m.followers[rapid.IntRange(0, len(m.followers)-1).Draw(t, "who")]
	keep := func(ids []graph.ClaimID) (texts []string) {
		for _, id := range ids {
			if !f.even || m.subject[id]%2 == 0 {
				texts = append(texts, id.String())
			}
		}
		return texts
	}
	for f.at < len(m.log) {
		added, withdrawn := keep(m.log[f.at].added), keep(m.log[f.at].withdrawn)
		f.at++
		if f.even && len(added)+len(withdrawn) == 0 {
			continue
		}
		var body struct{ Data struct{ Changes entry } }
		if err := json.Unmarshal([]byte(next(m.t, f.sub)), &body); err != nil {
			t.Fatal(err)
		}
		gotAdded, gotWithdrawn := body.Data.Changes.ids()
		slices.Sort(withdrawn)
		slices.Sort(gotWithdrawn)
		if body.Data.Changes.Sequence != f.at+1 || !slices.Equal(gotAdded, added) || !slices.Equal(gotWithdrawn, withdrawn) {
			t.Fatalf("entry %+v, want %d: %v %v", body.Data.Changes, f.at+1, added, withdrawn)
		}
		if rapid.Bool().Draw(t, "enough") {
			return
		}
	}
	if !quiet(f.sub) {
		t.Fatal("more than there is")
	}
}

// TestFollowConcurrently: while many write, each of many followers gets each sequence number once
// and in order.
func TestFollowConcurrently(t *testing.T) {
	a, g, _ := small(t)
	ask(t, a, setup)
	const writers, each, readers = 4, 25, 16
	last := 1 + writers*each
	errs := make(chan error, writers+readers)
	for w := range writers {
		go func() {
			for i := range each {
				_, err := g.Commit(context.Background(), &graph.Change{Ops: []graph.Op{{Kind: graph.Assert, Claim: graph.Claim{
					Subject: "KAZ", Predicate: "population", Value: graph.IntValue(int64(w*each + i)), Source: "src", Confidence: 1}}}})
				if err != nil {
					errs <- err
					return
				}
			}
			errs <- nil
		}()
	}
	for r := range readers {
		go func() {
			sub := followed(t, a, api.Follow{}, `subscription { changes(sinceSequence: %d) { sequence } }`, r%2)
			for n := r%2 + 1; n <= last; n++ {
				want := fmt.Sprintf(`{"data":{"changes":{"sequence":%d}},"extensions":{"sequence":%d}}`, n, n)
				if err := sub.Wait(context.Background()); err != nil {
					errs <- err
					return
				}
				res := sub.Answer(context.Background())
				if got := string(res.Body); got != want {
					errs <- fmt.Errorf("got %s, want %s", got, want)
					return
				}
				res.Release()
			}
			errs <- nil
		}()
	}
	for range writers + readers {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}

// BenchmarkFollow measures one publication to waiting followers.
func BenchmarkFollow(b *testing.B) {
	for _, n := range []int{1, 100, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			a, g, _ := small(b)
			ask(b, a, setup)
			subs := make([]operation.Subscription, n)
			for i := range subs {
				subs[i] = followed(b, a, api.Follow{}, `subscription { changes { sequence added { nodes { id } } } }`)
			}
			commit := commits(g)
			for b.Loop() {
				commit(b)
				for _, sub := range subs {
					if err := sub.Wait(context.Background()); err != nil {
						b.Fatal(err)
					}
					sub.Answer(context.Background()).Release()
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/event")
		})
	}
}

// commits returns what makes one commit after another.
func commits(g *live.Graph) func(testing.TB) {
	n := int64(0)
	return func(t testing.TB) {
		n++
		_, err := g.Commit(context.Background(), &graph.Change{Ops: []graph.Op{{Kind: graph.Assert, Claim: graph.Claim{
			Subject: "KAZ", Predicate: "population", Value: graph.IntValue(n), Source: "src", Confidence: 1}}}})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestFollowersHoldNothing: a subscription that waits keeps no snapshot alive, whether it had an
// event or its filter let none pass.
func TestFollowersHoldNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, g, _ := small(t)
		ask(t, a, setup)
		informed := followed(t, a, api.Follow{}, `subscription { changes { sequence entities { id } added { nodes { subject { name } } } } }`)
		filtered := followed(t, a, api.Follow{}, `subscription { changes(where: {predicate: {eq: "area"}}) { sequence } }`)
		ask(t, a, assertion, "population", "1")
		next(t, informed)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		ended := make(chan error)
		old := weak.Make(g.Snapshot())
		for _, sub := range []operation.Subscription{informed, filtered} {
			go func() { ended <- sub.Wait(ctx) }()
		}
		synctest.Wait() // until both wait with the snapshot that is replaced next
		ask(t, a, assertion, "population", "2")
		if err := <-ended; err != nil { // of informed, which is woken
			t.Fatal(err)
		}
		informed.Answer(ctx).Release()
		go func() { ended <- informed.Wait(ctx) }()
		synctest.Wait()
		for range 100 { // a collection may keep what another one frees
			if runtime.GC(); old.Value() == nil {
				break
			}
		}
		if old.Value() != nil {
			t.Error("the earlier snapshot is still in memory")
		}
		cancel()
		for range 2 {
			<-ended
		}
	})
}
