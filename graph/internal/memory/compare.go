package memory

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/caspian-kg/caspian/graph"
)

// Differences describes the differences between a snapshot read from a file and one built from the log up to
// the same commit. It compares everything in the file, including lists and indexes.
func Differences(file, log *Graph) []string {
	c := comparison{file: file, log: log}
	c.same("the sequence number", file.seq, log.seq)
	c.same("the digest", file.Digest(), log.Digest())
	c.same("the number of entities", file.IDs.Len(), log.IDs.Len())
	c.same("the number of claims", file.Rows.Len(), log.Rows.Len())
	c.same("the number of types", len(file.TypeNames.List), len(log.TypeNames.List))
	if len(c.found) > 0 {
		return c.found // what follows compares by number
	}
	for n := range uint32(file.IDs.Len()) {
		c.entity(n)
	}
	for n := range uint32(file.Rows.Len()) {
		c.claim(n)
	}
	c.same("the list of imports", file.importCommits(), log.importCommits())
	c.same("the list of merges", file.mergeList(), log.mergeList())
	for n := range graph.Seq(file.commits.Len()) {
		if f, l := file.RecordedAt(n+1), log.RecordedAt(n+1); !f.Equal(l) {
			c.same(fmt.Sprintf("the time of commit %d", n+1), f, l)
		}
	}
	for n, name := range file.TypeNames.List {
		c.numbers("the list of "+name, file.ByType.At(uint32(n)), log.ByType.At(uint32(n)))
	}
	if !file.Names.Equal(log.Names) {
		c.found = append(c.found, "the index of names differs")
	}
	return c.found
}

// maxDifferences bounds how many differences are described.
const maxDifferences = 100

type comparison struct {
	file, log *Graph
	found     []string
}

func (c *comparison) same(what string, file, log any) {
	if len(c.found) < maxDifferences && !reflect.DeepEqual(file, log) {
		c.found = append(c.found, fmt.Sprintf("%s is %v in the file and %v in the log", what, file, log))
	}
}

func (c *comparison) entity(n uint32) {
	f, l := c.file, c.log
	if f.IDs.At(n) != l.IDs.At(n) || f.TypeName(n) != l.TypeName(n) {
		c.same(fmt.Sprintf("entity %d", n), graph.Entity{ID: f.ID(n), Type: f.TypeName(n)}, graph.Entity{ID: l.ID(n), Type: l.TypeName(n)})
		return
	}
	c.links("the list of the claims of "+string(f.ID(n)), f.Out.Ref(n), l.Out.Ref(n))
	c.links("the list of the claims about "+string(f.ID(n)), f.In.Ref(n), l.In.Ref(n))
	c.numbers("the list of the claims by "+string(f.ID(n)), f.Cited.At(n), l.Cited.At(n))
	if f.Lives.At(n) != l.Lives.At(n) {
		c.same(fmt.Sprintf("the lifetime of %s", f.ID(n)), f.Lives.At(n), l.Lives.At(n))
	}
	if f.Dates.At(n) != l.Dates.At(n) {
		c.same(fmt.Sprintf("the date of %s", f.ID(n)), f.Dates.At(n), l.Dates.At(n))
	}
}

func (c *comparison) links(what string, file, log *Adjacency) {
	f, l := slices.Concat(slices.Collect(file.Parts())...), slices.Concat(slices.Collect(log.Parts())...)
	if slices.EqualFunc(f, l, sameClaim) {
		return
	}
	claims := func(list []Link) (ns []uint32) {
		for _, x := range list {
			ns = append(ns, x.Claim)
		}
		return ns
	}
	c.same(what, claims(f), claims(l))
}

func (c *comparison) numbers(what string, file, log Numbers) {
	if f, l := slices.Collect(file.All()), slices.Collect(log.All()); !slices.Equal(f, l) {
		c.same(what, f, l)
	}
}

func sameClaim(a, b Link) bool {
	return a.Claim == b.Claim && a.Predicate == b.Predicate && a.Rank == b.Rank && a.NumQualifiers == b.NumQualifiers && a.Valid&marks == b.Valid&marks
}

func (c *comparison) claim(n uint32) {
	file, log := c.file.ClaimAt(n), c.log.ClaimAt(n)
	if !reflect.DeepEqual(file, log) || c.file.Rows.Ref(n).ID != c.log.Rows.Ref(n).ID {
		c.same(fmt.Sprintf("claim %s", c.log.Rows.Ref(n).ID), file, log)
	}
	if f, l := c.file.Ended.At(n), c.log.Ended.At(n); f != l {
		c.same(fmt.Sprintf("the commit that withdrew claim %s", c.log.Rows.Ref(n).ID), f, l)
	} else if f, l := c.file.Reason(n), c.log.Reason(n); f != l {
		c.same(fmt.Sprintf("the reason for which claim %s was withdrawn or reinstated", c.log.Rows.Ref(n).ID), f, l)
	}
}
