//go:build invariants

package snapshot

import (
	"cmp"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/internal/column"
	"github.com/caspian-kg/caspian/graph/internal/digest"
)

// The tag invariants makes every published snapshot check itself, and every
// snapshot that is advanced check that it is still as it was published. It is
// for tests: a check reads everything.

// checked says to tests of growth that each snapshot checks itself.
const checked = true

// maxGuarded bounds what is read for one check, in claims.
const maxGuarded = 5000

// guard holds a fingerprint of a published snapshot.
type guard struct{ print uint64 }

// seal checks a snapshot that is about to be published and takes its fingerprint.
func (g *guard) seal(s *Snapshot) {
	if g.print = 0; s.rows.Len() > maxGuarded {
		return
	}
	for _, part := range []struct {
		name  string
		check func() error
	}{
		{"entities", s.checkEntities}, {"claims", s.checkClaims}, {"links", s.checkLinks},
		{"withdrawals", s.checkWithdrawals}, {"digest", s.checkDigest}, {"names", s.names.Check},
	} {
		if err := part.check(); err != nil {
			panic(fmt.Sprintf("snapshot %d breaks an invariant of its %s: %v", s.seq, part.name, err))
		}
	}
	g.print = s.fingerprint()
}

// check panics where a published snapshot is not what it was.
func (g *guard) check(s *Snapshot) {
	if g.print != 0 && s.fingerprint() != g.print {
		panic(fmt.Sprintf("snapshot %d has changed since it was published", s.seq))
	}
}

// fingerprint sums up what readers can see.
func (s *Snapshot) fingerprint() uint64 {
	h := fnv.New64a()
	fmt.Fprint(h, s.seq, s.sum, s.typeNames.List, s.predicates.List, s.qualifierNames.List)
	for i := range s.ids.Len() {
		n := uint32(i)
		fmt.Fprint(h, s.ids.At(n), s.types.At(n), all(s.out.Ref(n)), all(s.in.Ref(n)), slices.Collect(s.cited.At(n).All()), s.dates.At(n), s.named.At(n))
	}
	for i := range s.rows.Len() {
		n := uint32(i)
		fmt.Fprint(h, s.rows.At(n), s.ended.At(n))
	}
	for i := range s.typeNames.List {
		fmt.Fprint(h, slices.Collect(s.byType.At(uint32(i)).All()))
	}
	return h.Sum64() | 1
}

func (s *Snapshot) checkEntities() error {
	listed := 0
	for t := range s.typeNames.List {
		list := slices.Collect(s.byType.At(uint32(t)).All())
		listed += len(list)
		for i, n := range list {
			if int(s.types.At(n)) != t {
				return fmt.Errorf("%s is listed under the type %s", s.ids.At(n), s.typeNames.List[t])
			}
			if i > 0 && s.ids.At(list[i-1]) >= s.ids.At(n) {
				return fmt.Errorf("%s does not follow %s", s.ids.At(n), s.ids.At(list[i-1]))
			}
		}
	}
	if listed != s.ids.Len() {
		return fmt.Errorf("the types list %d entities of %d", listed, s.ids.Len())
	}
	for i := range s.ids.Len() {
		id := s.ID(uint32(i))
		if n, ok := s.Number(id); !ok || n != uint32(i) {
			return fmt.Errorf("%s is number %d and is found as %d", id, i, n)
		}
		if got, want := s.lives.At(uint32(i)), s.lifetimeOf(uint32(i), s.standing).Short(); got.Bounded && got != want || !got.Bounded && got.Lifetime() != want.Lifetime() {
			return fmt.Errorf("%s lives %v, want %v", id, got.Lifetime(), want.Lifetime())
		}
		if s.TypeName(uint32(i)) == "Source" && s.dates.At(uint32(i)) != s.attestedOn(uint32(i), s.standing) {
			return fmt.Errorf("%s is dated %s", id, s.dates.At(uint32(i)))
		}
	}
	return nil
}

func (s *Snapshot) checkClaims() error {
	if s.commits.Len() != int(s.seq) {
		return fmt.Errorf("%d commits", s.commits.Len())
	}
	for i := 1; i < s.commits.Len(); i++ {
		if s.commits.At(uint32(i-1)) >= s.commits.At(uint32(i)) {
			return fmt.Errorf("commit %d is recorded no later than the one before it", i+1)
		}
	}
	last := uint32(0)
	for i := range s.rows.Len() {
		n := uint32(i)
		r := s.rows.Ref(n)
		c := s.ClaimAt(n)
		if c.ID() != r.id {
			return fmt.Errorf("claim %d says something else than its id %s", n, r.id)
		}
		if found, ok := s.ClaimNumber(r.id); !ok || found != n {
			return fmt.Errorf("claim %s is number %d and is found as %d", r.id, n, found)
		}
		if r.seq < last || r.seq > uint32(s.seq) {
			return fmt.Errorf("claim %s is of commit %d; the row before it is of commit %d, and the last commit is %d", r.id, r.seq, last, s.seq)
		}
		last = r.seq
	}
	return nil
}

// checkLinks rebuilds the adjacency lists from the rows.
func (s *Snapshot) checkLinks() error {
	out, in, cited := map[uint32][]uint32{}, map[uint32][]uint32{}, map[uint32]map[uint32]bool{}
	cite := func(e, n uint32) {
		if cited[e] == nil {
			cited[e] = map[uint32]bool{}
		}
		cited[e][n] = true
	}
	for i := range s.rows.Len() {
		n := uint32(i)
		r := s.rows.Ref(n)
		out[r.subject] = append(out[r.subject], n)
		if r.kind == graph.EntityKind {
			in[uint32(r.value)] = append(in[uint32(r.value)], n)
		}
		cite(r.source, n)
		for k := range uint32(r.nqual) {
			if q := s.quals.Ref(r.qualifiers + k); q.kind == graph.EntityKind {
				cite(uint32(q.value), n)
			}
		}
	}
	marked := s.wantMarked()
	for i := range s.ids.Len() {
		e := uint32(i)
		for _, side := range []struct {
			name string
			list *adjacency
			want []uint32
		}{{"subject", s.out.Ref(e), out[e]}, {"object", s.in.Ref(e), in[e]}} {
			if err := errors.Join(s.checkList(all(side.list), side.want, marked), side.list.Check(s.order())); err != nil {
				return fmt.Errorf("the claims with %s as their %s: %w", s.ids.At(e), side.name, err)
			}
		}
		list := s.cited.At(e)
		for n := range list.All() {
			if !cited[e][n] {
				return fmt.Errorf("%s is listed as cited by claim %d", s.ids.At(e), n)
			}
		}
		if err := list.Check(column.Order[uint32]{Compare: cmp.Compare[uint32]}); err != nil || list.Len() != len(cited[e]) {
			return fmt.Errorf("%s is cited by %d claims, want %d: %w", s.ids.At(e), list.Len(), len(cited[e]), err)
		}
	}
	return nil
}

func (s *Snapshot) checkList(list []link, want []uint32, marked map[uint32]bool) error {
	got := make([]uint32, len(list))
	for i, l := range list {
		got[i] = l.claim
		r := s.rows.Ref(l.claim)
		if l.predicate != r.predicate || l.period() != r.valid || l.valid&open != 0 != marked[l.claim] || l.valid&narrow != s.linkValid(l.claim, r)&narrow || l.rank != r.rank || l.qualifiers != r.qualifiers || l.nqual != r.nqual {
			return fmt.Errorf("the link of claim %s differs from its row", r.id)
		}
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		return fmt.Errorf("%v, want %v", got, want)
	}
	return nil
}

// all are the links of an adjacency in one slice.
func all(a *adjacency) []link { return slices.Concat(slices.Collect(a.Parts())...) }

// wantMarked are the claims whose links are to be marked open: by themselves, or since
// their field reaches to the next dated claim and there is one.
func (s *Snapshot) wantMarked() map[uint32]bool {
	marked := map[uint32]bool{}
	kinds := s.w.kindsOf(s).Of
	for i := range s.ids.Len() {
		runs := map[uint16][]link{}
		for _, l := range all(s.out.Ref(uint32(i))) {
			l.valid = s.linkValid(l.claim, s.rows.Ref(l.claim))
			marked[l.claim] = l.valid&open != 0
			runs[l.predicate] = append(runs[l.predicate], l)
		}
		for p, run := range runs {
			if len(run) < 2 || !kinds[p].Next || !slices.ContainsFunc(run, func(l link) bool { return s.dated(&l) }) {
				continue
			}
			for _, l := range run {
				b := &s.times.Ref(l.period()).bounds
				marked[l.claim] = marked[l.claim] || !b.Started || !b.Ended
			}
		}
	}
	return marked
}

func (s *Snapshot) checkWithdrawals() error {
	ended := 0
	for i := range s.rows.Len() {
		if at := s.ended.At(uint32(i)); at != 0 {
			ended++
			if at > uint32(s.seq) || at < s.rows.Ref(uint32(i)).seq {
				return fmt.Errorf("claim %d is withdrawn by commit %d", i, at)
			}
		}
	}
	if ended != s.gone.Len() {
		return fmt.Errorf("%d claims are withdrawn, %d are listed", ended, s.gone.Len())
	}
	for i := range s.gone.Len() {
		n := s.gone.At(uint32(i))
		if s.ended.At(n) == 0 || i > 0 && s.ended.At(s.gone.At(uint32(i-1))) > s.ended.At(n) {
			return fmt.Errorf("claim %d is out of order in the list", n)
		}
	}
	return nil
}

func (s *Snapshot) checkDigest() error {
	var sum digest.Sum
	for i := range s.ids.Len() {
		sum.Entity(graph.Entity{ID: s.ID(uint32(i)), Type: s.TypeName(uint32(i))})
	}
	for i := range s.rows.Len() {
		c := s.ClaimAt(uint32(i))
		sum.Claim(&c, c.ID(), s.ended.At(uint32(i)) == 0)
	}
	if sum != s.sum {
		return fmt.Errorf("it is %v, want %v", s.sum, sum)
	}
	return nil
}
