package cards

import (
	"iter"
	"slices"
	"sync"
	"sync/atomic"
)

// Memory has the cards of a line of snapshots: of each entity the newest version that was read. It is safe for
// concurrent use. An entity gets its card at the second reading, so that entities read once cost no more than
// without cards.
type Memory struct {
	now   atomic.Pointer[kept]
	limit atomic.Int64
	mu    sync.Mutex // guards changes: the lists of pages and of blocks, and the fields of kept that are not atomic
}

const (
	blockBytes = 1 << 20
	pageSize   = 1 << 10
	pageBytes  = 4 * pageSize
	align      = 8
)

// kept has the cards, until too many are of old versions. Its pages say for each entity whether it was read, or
// where its card is.
type kept struct {
	pages  atomic.Pointer[[]*page]
	blocks atomic.Pointer[[][]byte]
	bytes  atomic.Int64 // size of pages and blocks
	used   int          // bytes used in the last block
	old    int64        // bytes of replaced cards
}

type page [pageSize]atomic.Uint32

// The value of an entity in a page; values from first on are the position of its card.
const (
	unread = iota
	readOnce
	first
)

// New returns an empty memory of at most limit bytes.
func New(limit int64) *Memory {
	m := &Memory{}
	m.limit.Store(limit)
	m.Forget()
	return m
}

// Forget drops all cards.
func (m *Memory) Forget() {
	k := &kept{used: blockBytes}
	k.pages.Store(&[]*page{})
	k.blocks.Store(&[][]byte{})
	m.now.Store(k)
}

// Limit sets how many bytes may be used from now on; with 0 no new cards are made.
func (m *Memory) Limit(bytes int64) { m.limit.Store(bytes) }

// Used returns how many bytes are used.
func (m *Memory) Used() int64 { return m.now.Load().bytes.Load() }

// Of returns the card of a version of an entity, or nil if there is none. wanted is true if the caller should
// make one.
func (m *Memory) Of(entity uint32, at Version) (c Card, wanted bool) {
	k := m.now.Load()
	slot := k.slot(entity)
	if slot == nil {
		slot = m.grow(k, entity)
	}
	if slot == nil {
		return nil, false
	}
	switch x := slot.Load(); x {
	case unread:
		slot.CompareAndSwap(unread, readOnce)
		return nil, false
	case readOnce:
		return nil, true
	default:
		c = k.card(x)
	}
	if have := c.version(); have != at {
		return nil, at.Claims >= have.Claims && at.Withdrawn >= have.Withdrawn
	}
	return c, false
}

func (k *kept) slot(entity uint32) *atomic.Uint32 {
	pages := *k.pages.Load()
	if i := int(entity / pageSize); i < len(pages) && pages[i] != nil {
		return &pages[i][entity%pageSize]
	}
	return nil
}

func (k *kept) card(x uint32) Card {
	at := int64(x-first) * align
	return Card((*k.blocks.Load())[at/blockBytes][at%blockBytes:])
}

// grow adds the page of an entity and returns the entity's slot, or nil if there is no room.
func (m *Memory) grow(k *kept, entity uint32) *atomic.Uint32 {
	m.mu.Lock()
	defer m.mu.Unlock()
	i := int(entity / pageSize)
	if slot := k.slot(entity); slot != nil || k.bytes.Load()+pageBytes > m.limit.Load() {
		return slot
	}
	old := *k.pages.Load()
	pages := slices.Grow(slices.Clone(old), max(0, i+1-len(old)))[:max(len(old), i+1)]
	pages[i] = new(page)
	k.bytes.Add(pageBytes)
	k.pages.Store(&pages)
	return k.slot(entity)
}

// Keep stores the card of an entity from w and returns it, or nil if there is no room. If there is no room for
// another block, and cards of old versions take more than half of the memory, it drops all cards.
func (m *Memory) Keep(entity uint32, at Version, w *Writer) Card {
	m.mu.Lock()
	defer m.mu.Unlock()
	k := m.now.Load()
	slot, n := k.slot(entity), (w.len()+align-1)&^(align-1)
	if slot == nil {
		return nil
	}
	if k.used+n > blockBytes && !m.addBlock(k) {
		return nil
	}
	if x := slot.Load(); x >= first {
		k.old += int64(k.card(x).len())
	}
	blocks := *k.blocks.Load()
	last := len(blocks) - 1
	c := Card(w.append(blocks[last][k.used:k.used], at))
	slot.Store(uint32((int64(last)*blockBytes+int64(k.used))/align) + first)
	k.used += n
	return c
}

func (m *Memory) addBlock(k *kept) bool {
	if k.bytes.Load()+blockBytes > m.limit.Load() {
		if k.old*2 > k.bytes.Load() {
			m.Forget()
		}
		return false
	}
	blocks := append(slices.Clone(*k.blocks.Load()), make([]byte, blockBytes))
	k.bytes.Add(blockBytes)
	k.used = 0
	k.blocks.Store(&blocks)
	return true
}

// Touch prefetches the cards of entities, and yields the entities without a card. It adds what it reads to x,
// so that the compiler does not drop the reads.
func (m *Memory) Touch(entities iter.Seq[uint32], x *uint) iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		k := m.now.Load()
		for n := range entities {
			slot := k.slot(n)
			if slot == nil {
				if !yield(n) {
					return
				}
				continue
			}
			if at := slot.Load(); at >= first {
				c := k.card(at)
				*x += uint(c[c.len()-1]) // another goroutine may be writing after the end of the card
			} else if !yield(n) {
				return
			}
		}
	}
}
