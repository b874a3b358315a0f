package live

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/schema"
)

// TestForeignCaches: a snapshot that is not of this log is refused with its
// reason, and the graph is the log's.
func TestForeignCaches(t *testing.T) {
	here := graph.Identity{Store: "a", Epoch: 2}
	history := func(of graph.Identity, at time.Time, names ...string) *memory {
		log := &memory{identity: of}
		g := open(t, log, Options{Now: func() time.Time { return at }})
		commit(t, g, change("", base()...))
		for _, n := range names {
			commit(t, g, change("", named(n)))
		}
		return log
	}
	log := history(here, frozen, "a", "b")
	unknown := history(here, frozen, "a", "b")
	for _, c := range unknown.commits {
		c.Digest = ""
	}
	for _, c := range []struct {
		what   string
		log    *memory
		kept   *memory // the log from which the snapshot was built
		reason string  // "" where it is of use
	}{
		{"the store's own", log, log, ""},
		{"an older one of it", log, history(here, frozen, "a"), ""},
		{"of a log whose digests are unknown", unknown, log, ""},
		{"another store", log, history(graph.Identity{Store: "b", Epoch: 2}, frozen, "a", "b"), `the store \"b\"`},
		{"another epoch", log, history(graph.Identity{Store: "a", Epoch: 1}, frozen, "a", "b"), "epoch 1"},
		{"a newer one", log, history(here, frozen, "a", "b", "c"), "ends with commit 4"},
		{"other content at the same number", log, history(here, frozen, "a", "x"), "its digest at commit 3"},
		{"other content at a lower number", log, history(here, frozen, "x"), "its digest at commit 2"},
		{"the same content at another time", log, history(here, frozen.Add(time.Hour), "a", "b"), "its commit 3 is of"},
		{"the same, of a log whose digests are unknown", unknown, history(here, frozen.Add(time.Hour), "a", "b"), "its commit 3 is of"},
	} {
		made := open(t, c.kept, Options{})
		kept := &cache{kept: made.Snapshot(), of: made.Identity()}
		var notes bytes.Buffer
		got := open(t, c.log, Options{Cache: kept, Logger: slog.New(slog.NewTextHandler(&notes, nil))})
		if (c.reason == "") != (notes.Len() == 0) || !strings.Contains(notes.String(), c.reason) {
			t.Errorf("%s: %s", c.what, &notes)
		}
		if want := open(t, log, Options{}).Snapshot(); got.Snapshot().Digest() != want.Digest() || !got.Snapshot().RecordedAt(3).Equal(want.RecordedAt(3)) {
			t.Errorf("%s: it was served", c.what)
		}
	}
}

// sealed is a log whose seals are read on their own.
type sealed struct{ *memory }

func (s sealed) Seal(_ context.Context, seq graph.Seq) (time.Time, string, error) {
	c := s.commits[seq-1]
	return c.At, c.Digest, nil
}

// TestBelongsReadsNoCommit: whether a snapshot belongs to a log is seen from the seal alone.
func TestBelongsReadsNoCommit(t *testing.T) {
	log, g := begun(t)
	log.blind = errors.New("a commit was read")
	if err := Belongs(t.Context(), sealed{log}, g.Snapshot(), g.Identity()); err != nil {
		t.Error(err)
	}
	log.commits[0].Digest = "00"
	if err := Belongs(t.Context(), sealed{log}, g.Snapshot(), g.Identity()); err == nil || !strings.Contains(err.Error(), "its digest at commit 1") {
		t.Error(err)
	}
}

// TestDigests: each commit carries the digest that it leads to and its
// ontology, and a log that leads elsewhere is refused by the commit's number.
func TestDigests(t *testing.T) {
	log, g := begun(t)
	r := commit(t, g, change("", named("a"), named("b")))
	commit(t, g, change("", graph.Op{Kind: graph.Retract, Retract: graph.Retraction{Claim: r.IDs[0]}}))
	if last := log.commits[2]; last.Digest != g.Snapshot().Digest() || last.Ontology != schema.MustDefault().Hash() {
		t.Errorf("the last commit has the digest %q and the ontology %q", last.Digest, last.Ontology)
	}
	for what, harm := range map[string]func(c *graph.Commit){
		"a claim is missing":   func(c *graph.Commit) { c.Claims = c.Claims[:1] },
		"a claim is different": func(c *graph.Commit) { c.Claims = []graph.Claim{named("x").Claim, named("b").Claim} },
		"a confidence":         func(c *graph.Commit) { c.Claims[0].Confidence = 0.5 },
		"an entity":            func(c *graph.Commit) { c.Entities = append(c.Entities, graph.Entity{ID: "x", Type: "City"}) },
	} {
		harmed := &memory{}
		harmed.keep(log.commits)
		harm(harmed.commits[1])
		_, err := Open(t.Context(), harmed, schema.MustDefault(), Options{})
		if err == nil || !strings.Contains(err.Error(), "commit 2 leads to the digest") {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// lateLog is a log that got commits after it was opened, which it learns of by Refresh and Replay.
type lateLog struct {
	sealed
	head graph.Seq
	all  bool // was read from its beginning
}

func (l *lateLog) Head() graph.Seq { return l.head }

func (l *lateLog) Refresh(context.Context) (graph.Seq, error) {
	l.head = graph.Seq(len(l.commits))
	return l.head, nil
}

func (l *lateLog) Replay(ctx context.Context, after graph.Seq, fn func(*graph.Commit) error) error {
	l.head, l.all = graph.Seq(len(l.commits)), l.all || after == 0
	return l.memory.Replay(ctx, after, fn)
}

// TestBootstrap: a snapshot is fetched where the cache has none of this log, and the log is read from there on, also if the
// snapshot is newer than the log was when it was opened.
func TestBootstrap(t *testing.T) {
	log := &memory{identity: graph.Identity{Store: "a", Epoch: 1}}
	writer := open(t, log, Options{})
	kept := func(g *Graph) cache { return cache{kept: g.Snapshot(), of: g.Identity()} }
	commit(t, writer, change("", base()...))
	commit(t, writer, change("", named("a")))
	early := func() cache {
		l := &memory{identity: log.identity}
		l.keep(log.commits[:1])
		return kept(open(t, l, Options{}))
	}
	newest, strange := kept(writer), kept(open(t, &memory{identity: graph.Identity{Store: "b"}}, Options{}))
	for what, c := range map[string]struct {
		own, fetched cache
		err          error
		fetches      int
		all          bool
	}{
		"no own one":         {fetched: newest, fetches: 1},
		"of another store":   {own: strange, fetched: newest, fetches: 1},
		"an own one":         {own: early()},
		"fetched elsewhere":  {fetched: strange, fetches: 1, all: true},
		"an older one":       {fetched: early(), fetches: 1},
		"nobody to fetch it": {err: errors.New("away"), fetches: 1, all: true},
	} {
		own, fetches, l := c.own, 0, &lateLog{sealed: sealed{log}, head: 1}
		g := open(t, l, Options{Cache: &own, Bootstrap: func(context.Context) error {
			fetches++
			own = c.fetched
			return c.err
		}})
		if fetches != c.fetches || l.all != c.all || g.Snapshot().Digest() != writer.Snapshot().Digest() {
			t.Errorf("%s: %d fetches, the whole log was read: %v, commit %d", what, fetches, l.all, g.Snapshot().Seq())
		}
	}
}
