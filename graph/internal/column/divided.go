package column

import (
	"iter"
	"slices"
	"sort"
)

// Divided is a sorted list that never changes. A long one is divided into a list for each number that Order.Run
// returns for its elements. A nil one is empty.
type Divided[T, S any] struct {
	short []T
	runs  *runs[T, S] // if the list is long
}

// runs has the elements of a long list, by their number.
type runs[T, S any] struct {
	n       int
	numbers []uint16
	lists   []List[T, S] // for each number
}

// DividedOf returns a divided list of sorted elements. The list uses the memory of items.
func DividedOf[T, S any](items []T, o Order[T]) Divided[T, S] {
	if len(items) <= dividedMost {
		return Divided[T, S]{short: items}
	}
	r := &runs[T, S]{n: len(items)}
	for len(items) > 0 {
		number, n := o.run(items)
		r.numbers, r.lists = append(r.numbers, number), append(r.lists, ListOf[T, S](items[:n:n], o))
		items = items[n:]
	}
	return Divided[T, S]{runs: r}
}

// run returns the Order.Run of the first of sorted elements, and how many elements have the same.
func (o *Order[T]) run(items []T) (number uint16, n int) {
	number = o.Run(items[0])
	return number, sort.Search(len(items), func(i int) bool { return o.Run(items[i]) > number })
}

// Short returns the whole list if it is not divided, else nil.
func (d *Divided[T, S]) Short() []T {
	if d == nil {
		return nil
	}
	return d.short
}

// Run returns the elements with a number. The list must be divided.
func (d *Divided[T, S]) Run(number uint16) List[T, S] {
	if d == nil || d.runs == nil {
		return List[T, S]{}
	}
	// There are few numbers, stored together, so a loop is fast.
	for i, n := range d.runs.numbers {
		if n >= number {
			if n == number {
				return d.runs.lists[i]
			}
			break
		}
	}
	return List[T, S]{}
}

// Len returns the number of elements.
func (d *Divided[T, S]) Len() int {
	switch {
	case d == nil:
		return 0
	case d.runs != nil:
		return d.runs.n
	}
	return len(d.short)
}

// Parts yields all elements in their order, in slices.
func (d *Divided[T, S]) Parts() iter.Seq[[]T] {
	return func(yield func([]T) bool) {
		if d == nil || d.runs == nil {
			if d.Len() > 0 {
				yield(d.short)
			}
			return
		}
		for _, l := range d.runs.lists {
			for part, at := l.First(); len(part) > 0; part, at = l.After(at) {
				if !yield(part) {
					return
				}
			}
		}
	}
}

// Has reports whether some element passes a test. It stops at the first that does.
func (d *Divided[T, S]) Has(test func(T) bool) bool {
	for part := range d.Parts() {
		if slices.ContainsFunc(part, test) {
			return true
		}
	}
	return false
}

// Divide is Put for a divided list.
func (m *Merger[T, S]) Divide(d Divided[T, S], items []T) Divided[T, S] {
	if d.runs == nil {
		return DividedOf[T, S](m.Flat(d.short, items), m.Order)
	}
	r := runs[T, S]{n: d.runs.n, numbers: d.runs.numbers, lists: slices.Clone(d.runs.lists)}
	for len(items) > 0 {
		number, n := m.run(items)
		at, ok := slices.BinarySearch(r.numbers, number)
		if !ok {
			r.numbers = slices.Insert(slices.Clone(r.numbers), at, number)
			r.lists = slices.Insert(r.lists, at, List[T, S]{})
		}
		was := r.lists[at]
		r.lists[at] = m.Put(was, items[:n])
		r.n += r.lists[at].Len() - was.Len()
		items = items[n:]
	}
	return Divided[T, S]{runs: &r}
}

// MergeDivided is Merge for divided lists.
func MergeDivided[T, S any](t Table[Divided[T, S]], entries []Entry[T], o Order[T]) Table[Divided[T, S]] {
	m := Merger[T, S]{Order: o, Room: len(entries)}
	return merge(t, entries, &o, m.Divide)
}
