//go:build invariants

package memory

import (
	"cmp"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/internal/column"
	"github.com/caspian-kg/caspian/graph/internal/digest"
	"github.com/caspian-kg/caspian/graph/validity"
)

// With the build tag invariants, every published snapshot checks itself. A snapshot that is advanced also
// checks that it has not changed since it was published. The tag is for tests, because a check reads
// everything.

// Checked says, for tests of growth, whether each snapshot checks itself.
const Checked = true

// maxGuarded is the number of claims above which a snapshot is not checked.
const maxGuarded = 5000

// guard has the fingerprint of a published snapshot.
type guard struct{ print uint64 }

// seal checks a snapshot that is about to be published, and computes its fingerprint.
func (g *guard) seal(s *Graph) {
	if g.print = 0; s.Rows.Len() > maxGuarded {
		return
	}
	for _, part := range []struct {
		name  string
		check func() error
	}{
		{"entities", s.checkEntities}, {"claims", s.checkClaims}, {"links", s.checkLinks},
		{"withdrawals", s.checkWithdrawals}, {"digest", s.checkDigest}, {"names", s.Names.Check},
	} {
		if err := part.check(); err != nil {
			panic(fmt.Sprintf("snapshot %d breaks an invariant of its %s: %v", s.seq, part.name, err))
		}
	}
	g.print = s.fingerprint()
}

// check panics if a published snapshot has changed.
func (g *guard) check(s *Graph) {
	if g.print != 0 && s.fingerprint() != g.print {
		panic(fmt.Sprintf("snapshot %d has changed since it was published", s.seq))
	}
}

// fingerprint returns a hash of everything that readers can see.
func (s *Graph) fingerprint() uint64 {
	h := fnv.New64a()
	fmt.Fprint(h, s.seq, s.sum, s.mergeList(), s.TypeNames.List, s.Predicates.List, s.QualifierNames.List)
	for i := range s.IDs.Len() {
		n := uint32(i)
		fmt.Fprint(h, s.IDs.At(n), s.Types.At(n), all(s.Out.Ref(n)), all(s.In.Ref(n)), slices.Collect(s.Cited.At(n).All()), s.Dates.At(n), s.Named.At(n))
	}
	for i := range s.Rows.Len() {
		n := uint32(i)
		fmt.Fprint(h, s.Rows.At(n), s.Ended.At(n))
	}
	for i := range s.TypeNames.List {
		fmt.Fprint(h, slices.Collect(s.ByType.At(uint32(i)).All()))
	}
	return h.Sum64() | 1
}

func (s *Graph) checkEntities() error {
	listed := 0
	for t := range s.TypeNames.List {
		list := slices.Collect(s.ByType.At(uint32(t)).All())
		listed += len(list)
		for i, n := range list {
			if int(s.Types.At(n)) != t {
				return fmt.Errorf("%s is listed under the type %s", s.IDs.At(n), s.TypeNames.List[t])
			}
			if i > 0 && s.IDs.At(list[i-1]) >= s.IDs.At(n) {
				return fmt.Errorf("%s does not follow %s", s.IDs.At(n), s.IDs.At(list[i-1]))
			}
		}
	}
	if listed != s.IDs.Len() {
		return fmt.Errorf("the types list %d entities of %d", listed, s.IDs.Len())
	}
	for i := range s.IDs.Len() {
		id := s.ID(uint32(i))
		if n, ok := s.Number(id); !ok || n != uint32(i) {
			return fmt.Errorf("%s is number %d and is found as %d", id, i, n)
		}
		if got, want := s.Lives.At(uint32(i)), s.LifetimeOf(uint32(i), s.Live).Short(); got.Bounded && got != want || !got.Bounded && got.Lifetime() != want.Lifetime() {
			return fmt.Errorf("%s lives %v, want %v", id, got.Lifetime(), want.Lifetime())
		}
		if s.TypeName(uint32(i)) == "Source" && s.Dates.At(uint32(i)) != s.AttestedOn(uint32(i), s.Live) {
			return fmt.Errorf("%s is dated %s", id, s.Dates.At(uint32(i)))
		}
	}
	return nil
}

func (s *Graph) checkClaims() error {
	if s.commits.Len() != int(s.seq) {
		return fmt.Errorf("%d commits", s.commits.Len())
	}
	for i := 1; i < s.commits.Len(); i++ {
		if s.commits.At(uint32(i-1)) >= s.commits.At(uint32(i)) {
			return fmt.Errorf("commit %d is recorded no later than the one before it", i+1)
		}
	}
	last := uint32(0)
	for i := range s.Rows.Len() {
		n := uint32(i)
		r := s.Rows.Ref(n)
		c := s.ClaimAt(n)
		if c.ID() != r.ID {
			return fmt.Errorf("claim %d says something else than its id %s", n, r.ID)
		}
		if found, ok := s.ClaimNumber(r.ID); !ok || found < n || found != n && s.Ended.At(n) == 0 {
			return fmt.Errorf("claim %s is number %d and is found as %d", r.ID, n, found)
		}
		if r.Seq < last || r.Seq > uint32(s.seq) {
			return fmt.Errorf("claim %s is of commit %d; the row before it is of commit %d, and the last commit is %d", r.ID, r.Seq, last, s.seq)
		}
		last = r.Seq
		for m := range uint32(s.merges.Len()) {
			if e := s.merges.Ref(m).entity; s.Live(n) && s.into(e, s.seq) != None && s.names(n, e) {
				return fmt.Errorf("claim %s holds and names %s, which is merged", r.ID, s.ID(e))
			}
		}
	}
	return nil
}

// checkLinks rebuilds the adjacency lists from the rows and compares.
func (s *Graph) checkLinks() error {
	out, in, cited := map[uint32][]uint32{}, map[uint32][]uint32{}, map[uint32]map[uint32]bool{}
	cite := func(e, n uint32) {
		if cited[e] == nil {
			cited[e] = map[uint32]bool{}
		}
		cited[e][n] = true
	}
	for i := range s.Rows.Len() {
		n := uint32(i)
		r := s.Rows.Ref(n)
		out[r.Subject] = append(out[r.Subject], n)
		if r.Kind == graph.EntityKind {
			in[uint32(r.Value)] = append(in[uint32(r.Value)], n)
		}
		cite(r.Source, n)
		for k := range uint32(r.NumQualifiers) {
			if q := s.QualifierRows.Ref(r.Qualifiers + k); q.Kind == graph.EntityKind {
				cite(uint32(q.value), n)
			}
		}
	}
	marked := s.wantMarked()
	for i := range s.IDs.Len() {
		e := uint32(i)
		for _, side := range []struct {
			name string
			list *Adjacency
			want []uint32
		}{{"subject", s.Out.Ref(e), out[e]}, {"object", s.In.Ref(e), in[e]}} {
			if err := errors.Join(s.checkList(all(side.list), side.want, marked), side.list.Check(s.order())); err != nil {
				return fmt.Errorf("the claims with %s as their %s: %w", s.IDs.At(e), side.name, err)
			}
		}
		list := s.Cited.At(e)
		for n := range list.All() {
			if !cited[e][n] {
				return fmt.Errorf("%s is listed as cited by claim %d, which does not cite it", s.IDs.At(e), n)
			}
		}
		if err := list.Check(column.Order[uint32]{Compare: cmp.Compare[uint32]}); err != nil || list.Len() != len(cited[e]) {
			return fmt.Errorf("%s is cited by %d claims, want %d: %w", s.IDs.At(e), list.Len(), len(cited[e]), err)
		}
	}
	return nil
}

func (s *Graph) checkList(list []Link, want []uint32, marked map[uint32]bool) error {
	got := make([]uint32, len(list))
	for i, l := range list {
		got[i] = l.Claim
		r := s.Rows.Ref(l.Claim)
		if l.Predicate != r.Predicate || l.Period() != r.Valid || l.Valid&Open != 0 != marked[l.Claim] || l.Valid&Narrow != s.linkValid(l.Claim, r)&Narrow || l.Rank != r.Rank || l.Qualifiers != r.Qualifiers || l.NumQualifiers != r.NumQualifiers {
			return fmt.Errorf("the link of claim %s differs from its row", r.ID)
		}
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		return fmt.Errorf("%v, want %v", got, want)
	}
	return nil
}

// all returns the links of an adjacency in one slice.
func all(a *Adjacency) []Link { return slices.Concat(slices.Collect(a.Parts())...) }

// wantMarked returns the claims whose links must be marked Open: by their own valid time, or because their
// field reaches to the next dated claim and there is one.
func (s *Graph) wantMarked() map[uint32]bool {
	marked := map[uint32]bool{}
	kinds := s.Kinds().Of
	for i := range s.IDs.Len() {
		runs := map[uint16][]Link{}
		for _, l := range all(s.Out.Ref(uint32(i))) {
			l.Valid = s.linkValid(l.Claim, s.Rows.Ref(l.Claim))
			marked[l.Claim] = l.Valid&Open != 0
			runs[l.Predicate] = append(runs[l.Predicate], l)
		}
		for p, run := range runs {
			for _, l := range run {
				var dates validity.Dates
				for _, m := range run {
					if m.Other == l.Other {
						dates.Add(&s.Times.Ref(m.Period()).Bounds)
					}
				}
				dated := !kinds[p].Next && dates.MayRefine(&s.Times.Ref(l.Period()).Bounds) || kinds[p].Next && slices.ContainsFunc(run, func(m Link) bool {
					return l.Claim != m.Claim && s.dated(&m)
				})
				beside := kinds[p].Next && len(run) > 1 && s.dated(&l)
				if t := kinds[p].TimingOf(s.Types.At(uint32(i))); (dated || beside) && s.mark(&l, t, kinds[p].Next) {
					marked[l.Claim] = true
				}
			}
		}
	}
	return marked
}

func (s *Graph) checkWithdrawals() error {
	ended := 0
	for i := range s.Rows.Len() {
		if at := s.Ended.At(uint32(i)); at != 0 {
			ended++
			if at > uint32(s.seq) || at < s.Rows.Ref(uint32(i)).Seq {
				return fmt.Errorf("claim %d is withdrawn by commit %d", i, at)
			}
		}
	}
	if ended != s.gone.Len() {
		return fmt.Errorf("%d claims are withdrawn, %d are listed", ended, s.gone.Len())
	}
	for i := range s.gone.Len() {
		n := s.gone.Ref(uint32(i)).row
		if s.Ended.At(n) == 0 || i > 0 && s.Ended.At(s.gone.Ref(uint32(i-1)).row) > s.Ended.At(n) {
			return fmt.Errorf("claim %d is out of order in the list", n)
		}
	}
	return nil
}

func (s *Graph) checkDigest() error {
	var sum digest.Sum
	for i := range s.IDs.Len() {
		sum.Entity(graph.Entity{ID: s.ID(uint32(i)), Type: s.TypeName(uint32(i))})
	}
	if err := s.Merged(func(m graph.Merged) error { sum.Merge(m); return nil }); err != nil {
		return err
	}
	if err := s.Claims(func(c *graph.Claim, _ graph.ClaimID, live bool) error {
		sum.Claim(c, c.ID(), live)
		return nil
	}); err != nil {
		return err
	}
	if sum != s.sum {
		return fmt.Errorf("it is %v, want %v", s.sum, sum)
	}
	return nil
}
