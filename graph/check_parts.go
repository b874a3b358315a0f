package graph

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// opsOfPart is how many operations of a long change are formed together.
const opsOfPart = 1024

// part is a range of the operations of a change, with the formed claims.
type part struct {
	first    int // the number of its first operation
	formed   []formed
	states   []bool // by operation: whether its claim has no problem so far
	problems []found
	notices  []found
	panicked any
	ready    chan struct{} // closed when formed and states are complete
}

// assertParts is assert for all assertions of a long change. Forming a claim needs only the types of the
// entities, which are known by now. So parts are formed in as many goroutines as there are processors, while
// this goroutine admits the claims of earlier parts in their order.
func (c *checker) assertParts() {
	ahead := make(chan *part, runtime.GOMAXPROCS(0)) // its capacity bounds how many parts are in memory
	go func() {
		defer close(ahead)
		for first := 0; first < len(c.ops); first += opsOfPart {
			p := &part{first: first, ready: make(chan struct{})}
			ahead <- p
			go p.form(c)
		}
	}()
	defer func() { // even after a panic, so that no goroutine remains
		for p := range ahead {
			<-p.ready
		}
	}()
	for p := range ahead {
		if <-p.ready; p.panicked != nil {
			panic(p.panicked)
		}
		c.problems, c.notices = append(c.problems, p.problems...), append(c.notices, p.notices...)
		for i := range p.formed {
			if p.states[i] {
				c.op = p.first + i
				c.admit(&c.ops[c.op], &p.formed[i])
			}
		}
	}
}

// form forms the claims of the part with a separate checker that knows the declared entities.
func (p *part) form(of *checker) {
	defer close(p.ready)
	defer func() {
		if v := recover(); v != nil {
			p.panicked = fmt.Sprintf("%v\n%s", v, debug.Stack())
		}
	}()
	c := &checker{o: of.o, st: of.st, ops: of.ops, declared: of.declared, refused: of.refused, merging: of.merging, parted: of.parted, syncs: of.syncs}
	ops := of.ops[p.first:min(p.first+opsOfPart, len(of.ops))]
	p.formed, p.states = make([]formed, len(ops)), make([]bool, len(ops))
	for i := range ops {
		if ops[i].Kind == Assert {
			c.op = p.first + i
			p.states[i] = c.form(&ops[i], &p.formed[i])
		}
	}
	p.problems, p.notices = c.problems, c.notices
}
