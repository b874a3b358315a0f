package graph

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// opsOfPart is how many operations of a long change are brought into their form together.
const opsOfPart = 1024

// part is a stretch of the operations of a change, with what came of their forms.
type part struct {
	first    int // the number of its first operation
	formed   []formed
	states   []bool // by operation: whether it states a claim that has no problem so far
	problems []found
	notices  []found
	panicked any
	ready    chan struct{} // closed when the rest is there
}

// assertParts is assert for all assertions of a long change. Their forms depend on nothing but the types of
// the entities, which are all known by now: so they are made in as many goroutines as there are processors,
// while the claims before them are held to each other here, in their order.
func (c *checker) assertParts() {
	ahead := make(chan *part, runtime.GOMAXPROCS(0)) // bounds how many are in memory
	go func() {
		defer close(ahead)
		for first := 0; first < len(c.ops); first += opsOfPart {
			p := &part{first: first, ready: make(chan struct{})}
			ahead <- p
			go p.form(c)
		}
	}()
	defer func() { // also after a panic, so that no goroutine is left
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

// form makes the forms of the part's claims, with a separate checker that has what is declared.
func (p *part) form(of *checker) {
	defer close(p.ready)
	defer func() {
		if v := recover(); v != nil {
			p.panicked = fmt.Sprintf("%v\n%s", v, debug.Stack())
		}
	}()
	c := &checker{o: of.o, st: of.st, ops: of.ops, declared: of.declared, refused: of.refused}
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
