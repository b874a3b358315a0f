package metamorphic

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/live"
	"github.com/caspian-kg/caspian/graph/snapfile"
	"github.com/caspian-kg/caspian/graph/store"
	"github.com/caspian-kg/caspian/schema"
)

// ontologies are the one that stores begin with, and others that it may become.
var ontologies = map[string]func() *schema.Ontology{
	"first": sync.OnceValue(func() *schema.Ontology { return mustLoad(ontology) }),
	// Without one field, and with another kind of value in another field.
	"less": sync.OnceValue(func() *schema.Ontology { return mustLoad(lessOntology) }),
	// With one more type, and nothing removed.
	"more": sync.OnceValue(func() *schema.Ontology {
		return mustLoad(ontology + "type Region implements Entity { size: Int @time(kind: STATE) }\n")
	}),
}

const ontology = `
interface Entity @entity(plural: "entities") { name: String @time(kind: STATE) }
type City implements Entity @entity(plural: "cities") {
  population: Int @time(kind: OBSERVATION)
  mayor: Person @time(kind: STATE)
  near: [City!] @time(kind: STATE) @symmetric
}
type Person implements Entity @entity(plural: "people") { visited: [City!] @time(kind: EVENT) }
type Source implements Entity { date: Date @time(kind: ETERNAL) }
enum Unit { km @measures(dimension: "length") }
`

var lessOntology = strings.NewReplacer("  mayor: Person @time(kind: STATE)\n", "", "population: Int", "population: String").Replace(ontology)

func mustLoad(text string) *schema.Ontology {
	o, err := schema.Load("harness.graphql", text)
	if err != nil {
		panic(err)
	}
	return o
}

// run is a history under way: the real graph and the model of it.
type run struct {
	root    string // of all folders
	folders int
	dir     string // the store's

	disk  *disk
	log   *faultyLog
	cache *faultyCache
	g     *live.Graph
	m     *model

	ontology string
	start    time.Time
	ticks    atomic.Int64 // microseconds that passed since start
	ahead    atomic.Int64 // microseconds by which the clock is ahead of that
	opened   int64        // how many it was when the process started, which trusted it
	jumped   bool         // the clock has
	saves    map[string]save
	// digests and contents are all that were seen: each digest must belong to one content,
	// and each content to one digest.
	digests, contents map[string]string

	// lagging says that a fault or another writer may have left the graph behind the log.
	behind bool
	// doubtful are changes that the log may have without counting them yet.
	doubtful []change
	// refusals counts the lines on end in which the store accepted no writes though
	// the disk did.
	refusals int
	// lastGroup is how many commits the last changes made.
	lastGroup int
}

// save is a copy of the store's folder.
type save struct {
	dir      string
	entries  []entry
	doubtful []change
}

func newRun(root string) (*run, error) {
	r := &run{
		root: root, m: newModel(nil), ontology: "first", start: time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC),
		saves: map[string]save{}, digests: map[string]string{}, contents: map[string]string{},
	}
	r.dir = r.folder()
	return r, r.open(map[string]string{}, false)
}

func (r *run) folder() string {
	r.folders++
	return filepath.Join(r.root, strconv.Itoa(r.folders))
}

// now returns the clock, which may have been moved; elapsed is not.
func (r *run) now() time.Time {
	return r.start.Add(r.elapsed() + time.Duration(r.ahead.Load())*time.Microsecond)
}

func (r *run) elapsed() time.Duration { return time.Duration(r.ticks.Load()) * time.Microsecond }

// honest returns what the clock would show had nobody moved it since the process
// started.
func (r *run) honest() time.Time {
	return r.start.Add(r.elapsed() + time.Duration(r.opened)*time.Microsecond)
}

// open opens the store in the folder and the graph on it. The faults of the log are kept.
func (r *run) open(faults map[string]string, full bool) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w while it opened: %v", errPanic, p)
		}
	}()
	d := &disk{dir: r.dir}
	r.opened = r.ahead.Load()
	inner, err := store.Open(r.dir, store.Options{WriteBuffer: 64 << 10, Files: d.wrap, Now: func() time.Time { return r.start.Add(r.elapsed()) }})
	if err != nil {
		return err
	}
	l := &faultyLog{Log: inner, next: faults}
	c := &faultyCache{Cache: snapfile.File{Path: filepath.Join(r.dir, "snapshot")}}
	c.full.Store(full)
	g, err := live.Open(context.Background(), l, ontologies[r.ontology](), live.Options{Now: r.now, Elapsed: r.elapsed, Cache: c})
	if err != nil {
		return errors.Join(err, inner.Close())
	}
	r.disk, r.log, r.cache, r.g, r.behind, r.refusals = d, l, c, g, false, 0
	return nil
}

var errPanic = errors.New("a panic")

// openTwice opens and, where a fault of the log is due that may prevent it, tries again.
func (r *run) openTwice(faults map[string]string, full bool) error {
	due := faults["replay"] != ""
	err := r.open(faults, full)
	if err != nil && due && !errors.Is(err, errPanic) {
		err = r.open(faults, full)
	}
	return err
}

// end lets go of everything.
func (r *run) end() {
	if r.g != nil {
		r.cache.dead.Store(true)
		r.disk.stopFaults()
		_ = r.g.Close()
		_ = r.log.Log.Close()
	}
}

func (d *disk) stopFaults() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fault, d.death = nil, nil
}

// step runs one line of a history and compares.
func (r *run) step(o op) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v", errPanic, p)
		}
	}()
	r.ticks.Add(1_000_000)
	args := o.args()
	switch o.name() {
	case "commit", "together", "import", "elsewhere":
		err = r.changes(o)
	case "reopen":
		err = r.reopen(args["how"], o.groups[0][1:], args)
	case "save":
		err = r.save(args["as"])
	case "keep":
		r.g.Save() // in its own time
	case "log":
		r.log.mu.Lock()
		for _, method := range []string{"append", "replay", "key"} {
			if f := args[method]; f != "" {
				r.log.next[method] = f
			}
		}
		r.log.mu.Unlock()
	case "disk":
		r.disk.mu.Lock()
		r.disk.fault = &diskFault{args["fails"], number(args["after"]), number(args["times"])}
		r.disk.mu.Unlock()
	case "die":
		r.disk.mu.Lock()
		r.disk.death = &death{calls: number(args["calls"]), keep: share(args["keep"]), image: r.folder()}
		r.disk.mu.Unlock()
	case "full":
		r.cache.full.Store(args["snapshot"] == "yes")
	case "clock":
		by, err := time.ParseDuration(args["by"])
		if err != nil {
			return err
		}
		r.ahead.Add(by.Microseconds())
		r.jumped = true
	default:
		return fmt.Errorf("the history has an operation %q", o.name())
	}
	if err != nil {
		return err
	}
	return r.compare(o)
}

func number(text string) int {
	n, _ := strconv.Atoi(text)
	return n
}

func share(text string) float64 {
	f, _ := strconv.ParseFloat(text, 64)
	return f
}

// compare holds what readers see now against the model.
func (r *run) compare(o op) error {
	s, m := r.g.Snapshot(), r.m
	if s.Seq() != m.head() {
		if !r.behind || s.Seq() > m.head() {
			return fmt.Errorf("readers see commit %d; the log has %d", s.Seq(), m.head())
		}
		m = m.upTo(s.Seq())
	}
	h := fnv.New64a()
	h.Write([]byte(o.String()))
	if err := compare(s, m, rand.New(rand.NewPCG(h.Sum64(), uint64(m.head()))), r.now()); err != nil {
		return err
	}
	return r.compareDigest(s.Digest(), m.content())
}

func (r *run) compareDigest(digest, content string) error {
	if other, ok := r.contents[digest]; ok && other != content {
		return fmt.Errorf("two contents have the digest %s:\n%s", digest, firstDifference(content, other))
	}
	if other, ok := r.digests[content]; ok && other != digest {
		return fmt.Errorf("one content has the digests %s and %s", digest, other)
	}
	r.contents[digest], r.digests[content] = content, digest
	return nil
}

// save copies the store as it is, all of it written out.
func (r *run) save(name string) error {
	dir := r.folder()
	r.disk.mu.Lock()
	defer r.disk.mu.Unlock()
	if err := r.disk.image(dir, 1); err != nil {
		return err
	}
	r.saves[name] = save{dir, r.m.entries[:len(r.m.entries):len(r.m.entries)], r.doubtful}
	return nil
}

// aside does what the harness itself asks of the log, without injected faults.
func (r *run) aside(do func()) {
	r.disk.mu.Lock()
	fault, death := r.disk.fault, r.disk.death
	r.disk.fault, r.disk.death = nil, nil
	r.disk.mu.Unlock()
	do()
	r.disk.mu.Lock()
	r.disk.fault, r.disk.death = fault, death
	r.disk.mu.Unlock()
}

// readLog reads the commits that the log has after a number.
func (r *run) readLog(after graph.Seq) (got []entry, err error) {
	r.aside(func() {
		err = r.log.Log.Replay(context.Background(), after, func(c *graph.Commit) error {
			if want := after + graph.Seq(len(got)) + 1; c.Seq != want {
				return fmt.Errorf("the log has commit %d where %d is due", c.Seq, want)
			}
			got = append(got, entryOf(c))
			return nil
		})
		if err == nil && r.log.Log.Head() != after+graph.Seq(len(got)) {
			err = fmt.Errorf("the log ends at %d and says %d", int(after)+len(got), r.log.Log.Head())
		}
	})
	if err != nil {
		return nil, fmt.Errorf("reading the log: %w", err)
	}
	return got, nil
}

// unwritable is why the log accepts no writes. It may try by itself.
func (r *run) unwritable() (err error) {
	r.aside(func() { err = r.log.Log.Writable() })
	return err
}

// reopen ends the process, in good order or not, does harm to what it left,
// and starts again.
func (r *run) reopen(how string, harms []string, args map[string]string) error {
	r.log.mu.Lock()
	faults := r.log.next
	r.log.mu.Unlock()
	full := r.cache.full.Load()
	if how == "kill" {
		image := r.folder()
		r.disk.mu.Lock()
		err := r.disk.image(image, share(args["keep"]))
		r.disk.mu.Unlock()
		if err != nil {
			return err
		}
		r.end()
		if err := os.RemoveAll(r.dir); err != nil {
			return err
		}
		r.dir = image
	} else {
		r.disk.stopFaults()
		// A database that once failed to write may report it when it closes.
		if err := errors.Join(r.g.Close(), r.log.Log.Close()); err != nil && !r.disk.hurt {
			return fmt.Errorf("closing: %w", err)
		}
		r.lastGroup = 0 // all is noted
	}
	r.g = nil
	switch o := args["ontology"]; o {
	case "":
	case "less":
		if err := r.throughLess(faults, full); err != nil {
			return fmt.Errorf("under an ontology with less: %w", err)
		}
	default:
		r.ontology = o
	}
	return r.reopenAfter(harms, faults, full)
}

// throughLess opens the store under an ontology that has lost fields, and
// closes it again: what does not fit is listed, and nothing is lost by it.
func (r *run) throughLess(faults map[string]string, full bool) error {
	was := r.ontology
	r.ontology = "less"
	if err := r.reopenAfter(nil, faults, full); err != nil {
		return err
	}
	r.ontology = was
	if err := compareContent(r.g.Snapshot(), r.m); err != nil {
		return err
	}
	if err := r.compareDigest(r.g.Snapshot().Digest(), r.m.content()); err != nil {
		return err
	}
	misfits, err := live.Misfits(context.Background(), r.log.Log, ontologies["less"](), ontologies[was]())
	if err != nil {
		return err
	}
	listed, want := 0, 0
	for _, m := range misfits {
		listed += m.Claims
	}
	for _, f := range r.m.order {
		if f.ended == 0 && (f.Predicate == "mayor" || f.Predicate == "population") {
			want++
		}
	}
	if listed != want {
		return fmt.Errorf("%d claims are listed that do not fit, of %d: %v", listed, want, misfits)
	}
	err = errors.Join(r.g.Close(), r.log.Log.Close())
	r.g = nil
	return err
}

// harmed is what a store may be after harm was done to its files.
type harmed struct {
	entries  []entry
	doubtful []change // what may follow them
	least    int      // how many of them must be there
	did      bool
	rotten   bool // the harm may show later only, and then as an error that names the file
}

func (r *run) reopenAfter(harms []string, faults map[string]string, full bool) error {
	want := harmed{entries: r.m.entries, doubtful: r.doubtful, least: len(r.m.entries)}
	good := r.folder()
	defer os.RemoveAll(good)
	if len(harms) > 0 {
		if err := copyFolder(good, r.dir); err != nil {
			return err
		}
	}
	for _, h := range harms {
		if err := r.harm(h, &want); err != nil {
			return fmt.Errorf("%s: %w", h, err)
		}
	}
	err := r.openTwice(faults, full)
	if err != nil {
		if errors.Is(err, errPanic) || !want.did {
			return fmt.Errorf("it does not start again: %w", err)
		}
		if !names(err, r.dir) {
			return fmt.Errorf("the refusal names no file: %w", err)
		}
		return r.putBack(good, faults, full)
	}
	if want.rotten {
		if _, err := r.readLog(0); err != nil {
			if !names(err, r.dir) {
				return fmt.Errorf("the refusal names no file: %w", err)
			}
		} else if err := r.take(want); err != nil {
			return err
		}
		r.end()
		r.g = nil
		return r.putBack(good, faults, full)
	}
	return r.take(want)
}

// putBack restores a good copy, as an operator does after the store was refused.
func (r *run) putBack(good string, faults map[string]string, full bool) error {
	if err := errors.Join(os.RemoveAll(r.dir), copyFolder(r.dir, good)); err != nil {
		return err
	}
	if err := r.openTwice(faults, full); err != nil {
		return fmt.Errorf("it does not start on a good copy: %w", err)
	}
	return r.take(harmed{entries: r.m.entries, doubtful: r.doubtful, least: len(r.m.entries)})
}

// take holds the log against what must be in it, and takes the model there.
func (r *run) take(want harmed) error {
	got, err := r.readLog(0)
	if err != nil {
		return err
	}
	if len(got) > len(want.entries) {
		r.doubtful = want.doubtful
		for _, after := range r.resolved(newModel(want.entries), got[len(want.entries):]) {
			want.entries = after.entries
		}
	}
	if len(got) < want.least || len(got) > len(want.entries) {
		return fmt.Errorf("%w: the log has %d commits after the start, of %d", errLost, len(got), len(want.entries))
	}
	for i := range got {
		if g, w := got[i].text(), want.entries[i].text(); g != w || !got[i].at.Equal(want.entries[i].at) {
			return fmt.Errorf("commit %d came back otherwise:\n%s", i+1, firstDifference(g, w))
		}
	}
	r.m = newModel(want.entries[:len(got):len(got)])
	r.lastGroup, r.doubtful = 0, nil
	return nil
}

var errLost = errors.New("commits were lost")
