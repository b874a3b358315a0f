package memory

import (
	"sort"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/internal/column"
)

// Imported is a commit that is part of an import, with the counts of what it changed.
type Imported struct {
	// Seq is the sequence number of the commit. Only in the first commit of an import does Import have all its
	// members.
	Seq    graph.Seq
	Import graph.Import
	// Withdrawn counts the claims that it retracted or superseded.
	Entities, Claims, Withdrawn, Reinstated int
}

// reasoned is a row with the reason for its withdrawal, or for reinstating its claim.
type reasoned struct {
	row, reason uint32 // reason is a number in Graph.Texts
}

// imported records a commit that is part of an import.
func (b *change) imported(c *graph.Commit) {
	if c.Import == nil {
		return
	}
	i := Imported{Seq: c.Seq, Import: *c.Import, Entities: len(c.Entities), Claims: len(c.Claims), Withdrawn: len(c.Retractions), Reinstated: len(c.Reinstatements)}
	for n := range c.Claims {
		i.Withdrawn += len(c.Claims[n].Supersedes)
	}
	b.s.imports.Append(i)
}

// Imports calls fn with the imports, the newest first, until fn returns false. Import is from the first commit
// of the import, Seq is the number of the last, and the counts are sums over all.
func (s *Graph) Imports(fn func(i *Imported) bool) {
	sums := map[graph.Seq]*Imported{}
	for n := s.imports.Len() - 1; n >= 0; n-- {
		c := s.imports.Ref(uint32(n))
		sum := sums[c.Import.First]
		if sum == nil {
			sum = &Imported{Seq: c.Seq}
			sums[c.Import.First] = sum
		}
		sum.Entities += c.Entities
		sum.Claims += c.Claims
		sum.Withdrawn += c.Withdrawn
		sum.Reinstated += c.Reinstated
		if c.Seq == c.Import.First {
			sum.Import = c.Import
			if !fn(sum) {
				return
			}
		}
	}
}

// ImportAt returns the import of a commit, or nil if it is part of none.
func (s *Graph) ImportAt(seq graph.Seq) *graph.Import {
	n := sort.Search(s.imports.Len(), func(n int) bool { return s.imports.Ref(uint32(n)).Seq >= seq })
	if n == s.imports.Len() || s.imports.Ref(uint32(n)).Seq != seq {
		return nil
	}
	return &s.imports.Ref(uint32(n)).Import
}

// Undos calls fn with each undo of an import, the newest first.
func (s *Graph) Undos(fn func(undo, undid graph.Seq)) {
	for n := s.imports.Len() - 1; n >= 0; n-- {
		if c := s.imports.Ref(uint32(n)); c.Import.Undid != 0 {
			fn(c.Seq, c.Import.Undid)
		}
	}
}

// Commits returns the sequence numbers of the commits of the import that begins with first, or nil if none
// does.
func (s *Graph) Commits(first graph.Seq) (list []graph.Seq) {
	from := sort.Search(s.imports.Len(), func(n int) bool { return s.imports.Ref(uint32(n)).Seq >= first })
	for n := from; n < s.imports.Len(); n++ {
		if c := s.imports.Ref(uint32(n)); c.Import.First == first {
			list = append(list, c.Seq)
		}
	}
	return list
}

// Reason returns why a row was withdrawn, or else why the row reinstates its claim; "" if no reason was given.
func (s *Graph) Reason(n uint32) string {
	list, at := &s.back, func(i uint32) bool { return s.back.Ref(i).row >= n }
	if ended := s.Ended.At(n); ended != 0 {
		list, at = &s.gone, func(i uint32) bool {
			other := s.gone.Ref(i).row
			by := s.Ended.At(other)
			return by > ended || by == ended && other >= n
		}
	}
	if i := uint32(sort.Search(list.Len(), func(i int) bool { return at(uint32(i)) })); int(i) < list.Len() && list.Ref(i).row == n {
		return s.Texts.At(list.Ref(i).reason)
	}
	return ""
}

// ReasonOf returns the reason of a claim's last row.
func (s *Graph) ReasonOf(id graph.ClaimID) string {
	n, ok := s.ClaimNumber(id)
	if !ok {
		return ""
	}
	return s.Reason(n)
}

// history returns when a claim was recorded, withdrawn and reinstated.
func (s *Graph) history(id graph.ClaimID, ended func(n uint32) uint32) (list []graph.Event) {
	var rows []uint32
	s.claimNumbers.Find(hashClaim(id), func(n uint32) bool {
		if s.Rows.Ref(n).ID == id {
			rows = append(rows, n)
		}
		return false
	})
	sort.Slice(rows, func(i, j int) bool { return rows[i] < rows[j] })
	for _, n := range rows {
		list = append(list, graph.Event{Seq: graph.Seq(s.Rows.Ref(n).Seq), Live: true})
		if by := ended(n); by != 0 {
			list = append(list, graph.Event{Seq: graph.Seq(by)})
		}
	}
	return list
}

// importCommits returns the commits that are part of an import, in order.
func (s *Graph) importCommits() []Imported {
	return column.Flat(s.imports.Len(), func(i uint32) Imported { return s.imports.At(i) })
}
