package routes

// entry is a state waiting in a search. The cheapest comes first; among equal costs, the one nearer to its
// start.
type entry struct {
	cost, gone int64
	state      int32
}

func (e entry) before(o entry) bool {
	if e.cost != o.cost {
		return e.cost < o.cost
	}
	return e.gone < o.gone
}

// states is a heap of entries with four children each. Searches spend most of their time in it, so the calls of
// container/heap would be noticeable.
type states []entry

func (h *states) push(e entry) {
	list := append(*h, e)
	i := len(list) - 1
	for i > 0 {
		up := (i - 1) / 4
		if !e.before(list[up]) {
			break
		}
		list[i] = list[up]
		i = up
	}
	list[i] = e
	*h = list
}

func (h *states) pop() entry {
	list := *h
	top := list[0]
	last := len(list) - 1
	e := list[last]
	list = list[:last]
	*h = list
	if last == 0 {
		return top
	}
	i := 0
	for {
		child := 4*i + 1
		if child >= last {
			break
		}
		least := child
		for j := child + 1; j < min(child+4, last); j++ {
			if list[j].before(list[least]) {
				least = j
			}
		}
		if !list[least].before(e) {
			break
		}
		list[i] = list[least]
		i = least
	}
	list[i] = e
	return top
}
