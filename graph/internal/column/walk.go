package column

import (
	"iter"
	"sort"
)

// Walk is what is left to read of a list, from its front or from its end.
type Walk[T, S any] struct {
	// Part is what is read next, nothing where none is left. The reader takes elements off
	// its beginning, or with Back off its end, and calls Turn for the next part.
	Part []T
	Back bool
	list List[T, S]
	at   int
}

// Walk begins at the front of the list, or with back at its end.
func (l List[T, S]) Walk(back bool) Walk[T, S] {
	w := Walk[T, S]{Part: l.first, Back: back, list: l}
	if t := l.tree; t != nil && back {
		last := len(t.branches) - 1
		w.at = last<<branchBits | (len(t.branches[last]) - 1)
		w.Part = l.Chunk(w.at).items
	}
	return w
}

// From begins with the first element for which where is not negative, or with back the
// last for which it is not positive; where is as for Within.
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

// Turn goes on to the next part, and reports whether there is one.
func (w *Walk[T, S]) Turn() bool {
	w.Part = nil
	if t := w.list.tree; t != nil && w.Back {
		w.Part, w.at = t.before(w.at)
	} else if t != nil {
		w.Part, w.at = t.after(w.at)
	}
	return len(w.Part) > 0
}

// Each calls fn with the elements that are left until it returns false.
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

// part is the last part of the list whose first element does not pass a test, the first
// part where there is none; all elements after the first that passes pass as well.
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

// sampled is of how many chunks Groups counts what it takes for the rest.
const sampled = 32

// Groups estimates how many groups of neighbours that are the same the list has; of a
// list of few chunks it counts them.
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

// FirstOfGroups has the first element of each group of neighbours that are the same.
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

// after is where the group that begins at i ends in a part. Long ones are not read whole.
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
