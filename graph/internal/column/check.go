package column

import (
	"fmt"
	"slices"
)

// Check reports inconsistencies in the structure of a list, for tests.
func (l List[T, S]) Check(o Order[T]) error {
	if l.tree == nil {
		return sorted(l.first, o)
	}
	var all []T
	for i, branch := range l.tree.branches {
		if len(branch) == 0 || len(branch) > branchMost {
			return fmt.Errorf("a branch has %d chunks", len(branch))
		}
		for j, c := range branch {
			if len(c.items) == 0 || len(c.items) > chunkMost {
				return fmt.Errorf("a chunk has %d elements", len(c.items))
			}
			if i+j == 0 && (len(l.first) != len(c.items) || &l.first[0] != &c.items[0]) {
				return fmt.Errorf("the first part is not the first chunk")
			}
			if n := len(all); n > 0 && o.together(all[n-1], c.items[0]) && len(l.Within(func(x T) int {
				if o.together(x, c.items[0]) {
					return 0
				}
				return o.Compare(x, c.items[0])
			})) <= chunkMost {
				return fmt.Errorf("a group that fits into one chunk is in two")
			}
			all = append(all, c.items...)
		}
	}
	if len(all) != l.tree.n || len(all) <= flatMost {
		return fmt.Errorf("there are %d elements, want %d", len(all), l.tree.n)
	}
	return sorted(all, o)
}

// Check reports inconsistencies in the structure of a divided list, for tests.
func (d *Divided[T, S]) Check(o Order[T]) error {
	if d == nil || d.runs == nil {
		if d.Len() > dividedMost {
			return fmt.Errorf("%d elements are not divided", d.Len())
		}
		return sorted(d.Short(), o)
	}
	var all []T
	for i, l := range d.runs.lists {
		if err := l.Check(o); err != nil {
			return err
		}
		if l.Len() == 0 || l.Has(func(x T) bool { return o.Run(x) != d.runs.numbers[i] }) {
			return fmt.Errorf("run %d is empty or has elements of another number; the numbers are %v", i, d.runs.numbers)
		}
		all = append(all, slices.Collect(l.All())...)
	}
	if len(all) != d.runs.n || len(all) <= dividedMost || d.short != nil {
		return fmt.Errorf("there are %d elements, want %d", len(all), d.runs.n)
	}
	return sorted(all, o)
}

func sorted[T any](all []T, o Order[T]) error {
	for i := 1; i < len(all); i++ {
		if o.Compare(all[i-1], all[i]) >= 0 {
			return fmt.Errorf("the element %d does not follow %v: %v", i, all[i-1], all[i])
		}
	}
	return nil
}
