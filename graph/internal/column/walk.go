package column

import (
	"iter"
	"sort"
)

// Walk is the unread rest of a list, which is read from its front or from its end.
type Walk[T, S any] struct {
	// Part is the part to be read next, empty at the end. The reader removes elements from its beginning, or
	// from its end if Back is set, and calls Turn for the next part.
	Part []T
	Back bool
	list List[T, S]
	at   int
}

// Walk returns a Walk of the whole list, from its front, or from its end if back is set.
func (l List[T, S]) Walk(back bool) Walk[T, S] {
	w := Walk[T, S]{Part: l.first, Back: back, list: l}
	if t := l.tree; t != nil && back {
		last := len(t.branches) - 1
		w.at = last<<branchBits | (len(t.branches[last]) - 1)
		w.Part = l.Chunk(w.at).items
	}
	return w
}

// From returns a Walk that starts at the first element for which where is not negative. If back is set, it
// starts at the last element for which where is not positive. where is as for Within.
func (l List[T, S]) From(where func(T) int, back bool) Walk[T, S] {
	w := Walk[T, S]{Back: back, list: l}
	if back {
		w.Part, w.at = l.part(func(x T) bool { return where(x) > 0 })
		w.Part = w.Part[:sort.Search(len(w.Part), func(i int) bool { return where(w.Part[i]) > 0 })]
		return w
	}
	w.Part, w.at = l.part(func(x T) bool { return where(x) >= 0 })
	if w.Part = w.Part[sort.Search(len(w.Part), func(i int) bool { return where(w.Part[i]) >= 0 }):]; len(w.Part) == 0 {
		w.Turn()
	}
	return w
}

// Turn moves to the next part. It returns false at the end.
func (w *Walk[T, S]) Turn() bool {
	w.Part = nil
	if t := w.list.tree; t != nil && w.Back {
		w.Part, w.at = t.before(w.at)
	} else if t != nil {
		w.Part, w.at = t.after(w.at)
	}
	return len(w.Part) > 0
}

// Each calls fn with the unread elements until fn returns false.
func (w Walk[T, S]) Each(fn func(T) bool) {
	for len(w.Part) > 0 {
		for i := range w.Part {
			if w.Back {
				i = len(w.Part) - 1 - i
			}
			if !fn(w.Part[i]) {
				return
			}
		}
		w.Turn()
	}
}

func (t *tree[T, S]) before(at int) ([]T, int) {
	b, c := at>>branchBits, at&(1<<branchBits-1)
	if c == 0 {
		if b == 0 {
			return nil, at
		}
		b--
		c = len(t.branches[b])
	}
	return t.branches[b][c-1].items, b<<branchBits | (c - 1)
}

// part returns the last part whose first element does not pass a test, or the first part of the list if there
// is none. All elements after one that passes must pass too.
func (l List[T, S]) part(test func(T) bool) (part []T, at int) {
	if l.tree == nil {
		return l.first, 0
	}
	first := func(c *Chunk[T, S]) bool { return test(c.items[0]) }
	b := max(0, sort.Search(len(l.tree.branches), func(i int) bool { return first(l.tree.branches[i][0]) })-1)
	branch := l.tree.branches[b]
	c := max(0, sort.Search(len(branch), func(i int) bool { return first(branch[i]) })-1)
	return branch[c].items, b<<branchBits | c
}

// sampled is the approximate number of chunks that Groups counts to estimate a long list.
const sampled = 32

// Groups estimates the number of groups of equal neighbours in the list. It counts them exactly if the list has
// few chunks.
func (l List[T, S]) Groups(same func(a, b *T) bool) int {
	count := func(part []T) (n int) {
		for i := 0; i < len(part); n++ {
			i = after(part, i, same)
		}
		return n
	}
	if l.tree == nil {
		return count(l.first)
	}
	chunks := 0
	for _, b := range l.tree.branches {
		chunks += len(b)
	}
	step := max(1, (chunks+sampled-1)/sampled)
	n, read, i := 0, 0, 0
	var last []T
	for _, b := range l.tree.branches {
		for _, c := range b {
			if i%step == 0 {
				n += count(c.items)
				if read += len(c.items); len(last) > 0 && same(&last[len(last)-1], &c.items[0]) {
					n--
				}
			}
			last = c.items
			i++
		}
	}
	return max(1, int(int64(n)*int64(l.tree.n)/int64(read)))
}

// FirstOfGroups yields the first element of each group of equal neighbours.
func (l List[T, S]) FirstOfGroups(same func(a, b *T) bool) iter.Seq[T] {
	return func(yield func(T) bool) {
		var last *T
		for part := range l.Parts() {
			for i := 0; i < len(part); {
				if last == nil || !same(last, &part[i]) {
					if !yield(part[i]) {
						return
					}
				}
				last = &part[i]
				i = after(part, i, same)
			}
		}
	}
}

// after returns where the group that begins at i ends in a part. It does not read all elements of a long group.
func after[T any](part []T, i int, same func(a, b *T) bool) int {
	x, step := &part[i], 1
	for i+step < len(part) && same(x, &part[i+step]) {
		i += step
		step *= 2
	}
	for ; step > 0; step /= 2 {
		if i+step < len(part) && same(x, &part[i+step]) {
			i += step
		}
	}
	return i + 1
}
