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
		if f, l := file.byType.At(uint32(n)), log.byType.At(uint32(n)); !slices.Equal(f, l) {
			c.same("the list of "+name, f, l)
		}
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
	claims := func(list []link) []uint32 {
		var ns []uint32
		for _, x := range list {
			ns = append(ns, x.claim)
		}
		return ns
	}
	if !slices.EqualFunc(f.out.At(n), l.out.At(n), sameClaim) {
		c.same(fmt.Sprintf("the list of the claims of %s", f.ID(n)), claims(f.out.At(n)), claims(l.out.At(n)))
	}
	if !slices.EqualFunc(f.in.At(n), l.in.At(n), sameClaim) {
		c.same(fmt.Sprintf("the list of the claims about %s", f.ID(n)), claims(f.in.At(n)), claims(l.in.At(n)))
	}
	if !slices.Equal(f.cited.At(n), l.cited.At(n)) {
		c.same(fmt.Sprintf("the list of the claims by %s", f.ID(n)), f.cited.At(n), l.cited.At(n))
	}
	if f.lives.At(n) != l.lives.At(n) {
		c.same(fmt.Sprintf("the lifetime of %s", f.ID(n)), f.lives.At(n), l.lives.At(n))
	}
	if f.dates.At(n) != l.dates.At(n) {
		c.same(fmt.Sprintf("the date of %s", f.ID(n)), f.dates.At(n), l.dates.At(n))
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
