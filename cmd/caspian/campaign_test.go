package main

import (
	"cmp"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/store/postgres"
	"github.com/caspian-kg/caspian/graph/store/postgres/pgtest"
)

var campaignFor = flag.Duration("campaign", 0, "how long TestCampaign injects faults; by default a minute, with CASPIAN_SOAK only")

// acknowledged is a write that a writer acknowledged: when the client began with it and when it had the answer.
type acknowledged struct {
	key        string
	seq        graph.Seq
	begun, end time.Duration
}

// campaign is what the clients of a run share.
type campaign struct {
	t              *testing.T
	writers, nodes []*node
	proxy          *pgtest.Proxy // between them and the database
	delay          atomic.Int64  // of what the database sends
	start          time.Time
	stopping       atomic.Bool
	reads          atomic.Int64
	tries          atomic.Int64

	mu      sync.Mutex
	writes  []acknowledged
	newest  string    // the bookmark of the last write, of which its number is
	at      graph.Seq // …
	faults  map[string]int
	lastKey int
}

// TestCampaign kills writers, query nodes and the database, and cuts and delays their connections, while clients write to random writers and
// read from random nodes. No acknowledged write is lost or there twice, the log has no gaps, a write that began after another had been
// acknowledged comes after it, a read with a bookmark never shows less, and in the end all nodes have the digest of the log.
func TestCampaign(t *testing.T) {
	length := *campaignFor
	if length == 0 && os.Getenv("CASPIAN_SOAK") == "" {
		t.Skip("kills processes for a minute; CASPIAN_SOAK=1 or -campaign 1m runs it")
	}
	length = cmp.Or(length, time.Minute)
	s, tokens := databaseOf(t)
	if !s.Ours() {
		t.Skip("the server is not one that the test may stop")
	}
	c := &campaign{t: t, faults: map[string]int{}}
	c.proxy = pgtest.NewProxy(t, s.Address, func(_ []byte, answer bool) pgtest.Fate {
		if answer {
			time.Sleep(time.Duration(c.delay.Load())) // of the wire
		}
		return pgtest.Passed
	})
	program := buildProgram(t)
	for i := range 2 {
		c.writers = append(c.writers, newNode(t, program, c.proxy.Address, fmt.Sprint("writer-", i+1),
			"serve", "--seeds", "none", "--auth", tokens, "--folder", filepath.Join(t.TempDir(), "w")))
	}
	for i := range 2 {
		c.nodes = append(c.nodes, newNode(t, program, c.proxy.Address, fmt.Sprint("node-", i+1),
			"serve", "--follow", c.writers[0].url, "--snapshot-token", tokens, "--auth", tokens, "--folder", filepath.Join(t.TempDir(), "n")))
	}
	for _, n := range slices.Concat(c.writers, c.nodes) {
		n.begin(t)
	}
	c.start = time.Now()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var clients sync.WaitGroup
	for range 6 {
		clients.Go(func() { c.write(ctx) })
	}
	for range 3 {
		clients.Go(func() { c.read(ctx) })
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	c.harm(rand.New(rand.NewPCG(seed, 1)), s, length)
	c.stopping.Store(true) // each client ends with its last write
	c.revive()
	clients.Wait()
	c.check(s.Address)
	t.Logf("%s: %d writes acknowledged in %d tries, %d reads; faults %v", length, len(c.writes), c.tries.Load(), c.reads.Load(), c.faults)
}

// harm injects faults for a time, and then mends all.
func (c *campaign) harm(random *rand.Rand, s *pgtest.Server, length time.Duration) {
	restart := func(n *node) {
		n.kill()
		if err := n.start(); err != nil {
			c.t.Error(err)
		}
	}
	pause := func(most time.Duration) { time.Sleep(time.Duration(random.Int64N(int64(most)))) } // a fault at any time is what is tested
	faults := []struct {
		name   string
		weight int
		do     func()
	}{
		{"writer killed", 6, func() { restart(c.writers[random.IntN(len(c.writers))]) }},
		{"node killed", 2, func() { restart(c.nodes[random.IntN(len(c.nodes))]) }},
		{"connections cut", 6, func() { c.proxy.Cut(false) }},
		{"database away", 2, func() { c.proxy.Cut(true); pause(2 * time.Second); c.proxy.Cut(false) }},
		{"connections slow", 2, func() {
			c.delay.Store(int64(random.IntN(100)) * int64(time.Millisecond))
			c.proxy.Cut(false)
			pause(2 * time.Second)
			c.delay.Store(0)
			c.proxy.Cut(false)
		}},
		{"database crashed", 1, func() { c.cycle(s, "immediate") }},
		{"database restarted", 1, func() { c.cycle(s, "fast") }},
	}
	total := 0
	for _, f := range faults {
		total += f.weight
	}
	for time.Since(c.start) < length && !c.t.Failed() {
		pause(600 * time.Millisecond)
		c.revive()
		n := random.IntN(total)
		for _, f := range faults {
			if n -= f.weight; n < 0 {
				f.do()
				c.faults[f.name]++
				break
			}
		}
	}
}

// revive starts the processes that have ended because they found no database.
func (c *campaign) revive() {
	for _, n := range slices.Concat(c.writers, c.nodes) {
		if err := n.revive(); err != nil {
			c.t.Error(err)
		}
	}
}

func (c *campaign) cycle(s *pgtest.Server, mode string) {
	if err := s.Stop(mode); err != nil {
		c.t.Error(err)
	}
	if err := s.Start(); err != nil {
		c.t.Error(err)
	}
}

func (c *campaign) since() time.Duration { return time.Since(c.start) }

// write makes one write after the other, each until it is acknowledged, at whichever writer answers.
func (c *campaign) write(ctx context.Context) {
	for !c.stopping.Load() && !c.t.Failed() {
		c.mu.Lock()
		c.lastKey++
		key := fmt.Sprint("write-", c.lastKey)
		c.mu.Unlock()
		mutation := fmt.Sprintf(`mutation{transact(input:{idempotencyKey:"%[1]s",operations:[{declare:{id:"%[1]s",type:"Source"}},
{assert:{subject:"%[1]s",predicate:"name",value:"%[1]s",source:"%[1]s"}}]}){sequence bookmark}}`, key)
		begun, deadline := c.since(), time.Now().Add(time.Minute)
		for tried := 0; ; tried++ {
			c.tries.Add(1)
			_, body, _, err := post(ctx, c.writers[rand.IntN(len(c.writers))].url, mutation, "")
			var got struct {
				Data struct {
					Transact *struct {
						Sequence graph.Seq
						Bookmark string
					}
				}
			}
			if err == nil && json.Unmarshal(body, &got) == nil && got.Data.Transact != nil {
				c.acknowledge(acknowledged{key, got.Data.Transact.Sequence, begun, c.since()}, got.Data.Transact.Bookmark)
				break
			}
			if time.Now().After(deadline) {
				c.t.Errorf("%s was not acknowledged in a minute: %v %s", key, err, body)
				return
			}
			time.Sleep(min(time.Duration(tried+1)*10*time.Millisecond, 200*time.Millisecond)) // as a client does
		}
	}
}

func (c *campaign) acknowledge(a acknowledged, bookmark string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.writes = append(c.writes, a)
	if a.seq > c.at {
		c.at, c.newest = a.seq, bookmark
	}
}

// read asks random nodes, each time with the bookmark of the newest write or of its own last read.
func (c *campaign) read(ctx context.Context) {
	own, seen := "", graph.Seq(0)
	for !c.stopping.Load() && !c.t.Failed() {
		all := slices.Concat(c.writers, c.nodes)
		c.mu.Lock()
		if c.at > seen {
			own, seen = c.newest, c.at
		}
		c.mu.Unlock()
		status, body, next, err := post(ctx, all[rand.IntN(len(all))].url, `{graph{sequence}}`, own)
		var got struct {
			Data struct{ Graph struct{ Sequence graph.Seq } }
		}
		switch {
		case err != nil || status == 503:
			time.Sleep(10 * time.Millisecond) // as a client does
		case status != 200 || json.Unmarshal(body, &got) != nil:
			c.t.Errorf("a read with %s: %d %s", own, status, body)
		case got.Data.Graph.Sequence < seen:
			c.t.Errorf("a read with %s shows commit %d", own, got.Data.Graph.Sequence)
		default:
			own, seen = next, got.Data.Graph.Sequence
			c.reads.Add(1)
		}
	}
}

// check compares what was acknowledged with the log, and the nodes with each other.
func (c *campaign) check(address string) {
	t := c.t
	log, err := postgres.Open(t.Context(), address, postgres.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	at, digest := map[string]graph.Seq{}, ""
	if err := log.Replay(t.Context(), 0, func(commit *graph.Commit) error { // it refuses gaps
		if other := at[commit.Key]; other != 0 {
			t.Errorf("%s is in the commits %d and %d", commit.Key, other, commit.Seq)
		}
		at[commit.Key], digest = commit.Seq, commit.Digest
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(c.writes, func(a, b acknowledged) int { return cmp.Compare(a.begun, b.begun) })
	byEnd := slices.SortedFunc(slices.Values(c.writes), func(a, b acknowledged) int { return cmp.Compare(a.end, b.end) })
	before, ended := graph.Seq(0), 0
	for _, w := range c.writes {
		if at[w.key] != w.seq {
			t.Errorf("%s was acknowledged as commit %d, and the log has it as %d", w.key, w.seq, at[w.key])
		}
		for ; ended < len(byEnd) && byEnd[ended].end < w.begun; ended++ {
			before = max(before, byEnd[ended].seq)
		}
		if w.seq <= before {
			t.Errorf("%s is commit %d, but began after commit %d was acknowledged", w.key, w.seq, before)
		}
	}
	for _, n := range slices.Concat(c.writers, c.nodes) {
		want := fmt.Sprintf(`{"graph":{"sequence":%d,"digest":"%s"}}`, log.Head(), digest)
		await(t, n.name+" has "+want, func() bool {
			c.revive()
			_, body, _, err := post(t.Context(), n.url, `{graph{sequence digest}}`, "")
			return err == nil && strings.Contains(string(body), want)
		})
	}
}
