package gql

import (
	"sync"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/caspian-kg/caspian/gql/internal/document"
	"github.com/caspian-kg/caspian/gql/internal/value"
)

// planCache caches compiled documents by their text, bounded by the bytes they hold. Only valid
// documents are cached: a flood of invalid ones must not evict them.
type planCache struct {
	limit int
	// mu guards all fields below and the plans of all entries. It is held only for look-ups, never
	// while compiling.
	mu      sync.Mutex
	entries map[string]*cacheEntry
	// head is a sentinel of the ring: head.next was used last, head.prev longest ago.
	head  cacheEntry
	bytes int

	hits, misses uint64
}

type cacheEntry struct {
	text       string
	doc        *document.Document
	operations []*operation
	bytes      int
	prev, next *cacheEntry
}

// operation is one operation of a cached document.
type operation struct {
	def   *ast.OperationDefinition
	vars  []value.Variable
	conds []string         // the variables on which @skip and @include depend
	plans map[string]*plan // by the values of conds, each '0' or '1'
}

// bytesPerToken estimates the memory of a parsed document. It is too high by about a third,
// measured over documents and plans (TestCacheEstimate prints the estimate and the measurement).
const bytesPerToken = 150

func newPlanCache(limit int) *planCache {
	c := &planCache{limit: limit, entries: map[string]*cacheEntry{}}
	c.head.prev, c.head.next = &c.head, &c.head
	return c
}

func (c *planCache) get(text string) *cacheEntry {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.entries[text]
	if e == nil {
		c.misses++
		return nil
	}
	c.hits++
	if c.head.next != e {
		c.unlink(e)
		c.link(e)
	}
	return e
}

func (c *planCache) put(e *cacheEntry) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.entries[e.text] != nil || e.bytes > c.limit {
		return
	}
	c.entries[e.text] = e
	c.link(e)
	c.bytes += e.bytes
	c.evict()
}

func (c *planCache) plan(op *operation, conds []byte) *plan {
	c.mu.Lock()
	defer c.mu.Unlock()
	return op.plans[string(conds)]
}

func (c *planCache) putPlan(e *cacheEntry, op *operation, conds []byte, p *plan) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if op.plans[string(conds)] != nil || e.bytes+p.bytes > c.limit {
		return
	}
	op.plans[string(conds)] = p
	e.bytes += p.bytes
	if c.entries[e.text] == e {
		c.bytes += p.bytes
		c.evict()
	}
}

func (c *planCache) evict() {
	for c.bytes > c.limit && c.head.prev != &c.head {
		old := c.head.prev
		c.unlink(old)
		delete(c.entries, old.text)
		c.bytes -= old.bytes
	}
}

func (c *planCache) link(e *cacheEntry) {
	e.prev, e.next = &c.head, c.head.next
	e.prev.next, e.next.prev = e, e
}

func (c *planCache) unlink(e *cacheEntry) {
	e.prev.next, e.next.prev = e.next, e.prev
	e.prev, e.next = nil, nil
}

// conditions lists the variables of @skip and @include that an operation reaches.
func conditions(doc *document.Document, op *ast.OperationDefinition) []string {
	var out []string
	have := map[string]bool{}
	seen := map[string]bool{}
	record := func(list ast.DirectiveList) {
		for _, d := range list {
			if (d.Name == "skip" || d.Name == "include") && d.Arguments[0].Value.Kind == ast.Variable {
				if name := d.Arguments[0].Value.Raw; !have[name] {
					have[name] = true
					out = append(out, name)
				}
			}
		}
	}
	var walk func(set ast.SelectionSet)
	walk = func(set ast.SelectionSet) {
		for _, sel := range set {
			switch sel := sel.(type) {
			case *ast.Field:
				record(sel.Directives)
				walk(sel.SelectionSet)
			case *ast.InlineFragment:
				record(sel.Directives)
				walk(sel.SelectionSet)
			case *ast.FragmentSpread:
				record(sel.Directives)
				if !seen[sel.Name] {
					seen[sel.Name] = true
					walk(doc.Fragments[sel.Name].SelectionSet)
				}
			}
		}
	}
	walk(op.SelectionSet)
	return out
}
