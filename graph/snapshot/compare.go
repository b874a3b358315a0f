package snapshot

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/caspian-kg/caspian/graph"
)

// Differences compares a snapshot that was read from a file with one that was
// built from the log up to the same commit, and describes what differs. It looks
// at all that is kept in the file, the lists and indexes included.
func Differences(file, log *Snapshot) []string {
	c := comparison{file: file, log: log}
	c.same("the sequence number", file.seq, log.seq)
	c.same("the digest", file.Digest(), log.Digest())
	c.same("the number of entities", file.ids.Len(), log.ids.Len())
	c.same("the number of claims", file.rows.Len(), log.rows.Len())
	c.same("the number of types", len(file.typeNames.List), len(log.typeNames.List))
	if len(c.found) > 0 {
		return c.found // what follows goes by number
	}
	for n := range uint32(file.ids.Len()) {
		c.entity(n)
	}
	for n := range uint32(file.rows.Len()) {
		c.claim(n)
	}
	for n := range graph.Seq(file.commits.Len()) {
		if f, l := file.RecordedAt(n+1), log.RecordedAt(n+1); !f.Equal(l) {
			c.same(fmt.Sprintf("the time of commit %d", n+1), f, l)
		}
	}
	for n, name := range file.typeNames.List {
		c.numbers("the list of "+name, file.byType.At(uint32(n)), log.byType.At(uint32(n)))
	}
	if !file.names.Equal(log.names) {
		c.found = append(c.found, "the index of names differs")
	}
	return c.found
}

// maxDifferences bounds what is described.
const maxDifferences = 100

type comparison struct {
	file, log *Snapshot
	found     []string
}

func (c *comparison) same(what string, file, log any) {
	if len(c.found) < maxDifferences && !reflect.DeepEqual(file, log) {
		c.found = append(c.found, fmt.Sprintf("%s is %v in the file and %v in the log", what, file, log))
	}
}

func (c *comparison) entity(n uint32) {
	f, l := c.file, c.log
	if f.ids.At(n) != l.ids.At(n) || f.TypeName(n) != l.TypeName(n) {
		c.same(fmt.Sprintf("entity %d", n), graph.Entity{ID: f.ID(n), Type: f.TypeName(n)}, graph.Entity{ID: l.ID(n), Type: l.TypeName(n)})
		return
	}
	c.links("the list of the claims of "+string(f.ID(n)), f.out.Ref(n), l.out.Ref(n))
	c.links("the list of the claims about "+string(f.ID(n)), f.in.Ref(n), l.in.Ref(n))
	c.numbers("the list of the claims by "+string(f.ID(n)), f.cited.At(n), l.cited.At(n))
	if f.lives.At(n) != l.lives.At(n) {
		c.same(fmt.Sprintf("the lifetime of %s", f.ID(n)), f.lives.At(n), l.lives.At(n))
	}
	if f.dates.At(n) != l.dates.At(n) {
		c.same(fmt.Sprintf("the date of %s", f.ID(n)), f.dates.At(n), l.dates.At(n))
	}
}

func (c *comparison) links(what string, file, log *adjacency) {
	f, l := slices.Concat(slices.Collect(file.Parts())...), slices.Concat(slices.Collect(log.Parts())...)
	if slices.EqualFunc(f, l, sameClaim) {
		return
	}
	claims := func(list []link) (ns []uint32) {
		for _, x := range list {
			ns = append(ns, x.claim)
		}
		return ns
	}
	c.same(what, claims(f), claims(l))
}

func (c *comparison) numbers(what string, file, log numbers) {
	if f, l := slices.Collect(file.All()), slices.Collect(log.All()); !slices.Equal(f, l) {
		c.same(what, f, l)
	}
}

func sameClaim(a, b link) bool {
	return a.claim == b.claim && a.predicate == b.predicate && a.rank == b.rank && a.nqual == b.nqual && a.valid&marks == b.valid&marks
}

func (c *comparison) claim(n uint32) {
	file, log := c.file.ClaimAt(n), c.log.ClaimAt(n)
	if !reflect.DeepEqual(file, log) || c.file.rows.Ref(n).id != c.log.rows.Ref(n).id {
		c.same(fmt.Sprintf("claim %s", c.log.rows.Ref(n).id), file, log)
	}
	if f, l := c.file.ended.At(n), c.log.ended.At(n); f != l {
		c.same(fmt.Sprintf("the commit that withdrew claim %s", c.log.rows.Ref(n).id), f, l)
	}
}
