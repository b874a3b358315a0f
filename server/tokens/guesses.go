package tokens

import (
	"container/list"
	"net/netip"
	"sync"
	"time"
)

const (
	// Burst is how many wrong tokens from one address are answered at once. After them, one is
	// answered every everyOne.
	Burst    = 10
	everyOne = 6 * time.Second
	// BurstAll and everyAll are the same limits for all addresses together.
	BurstAll = 100
	everyAll = 600 * time.Millisecond
	// Addresses is how many addresses are remembered. Beyond that, the address seen longest ago is
	// forgotten; BurstAll still applies to it.
	Addresses = 4096
)

// Guesses counts wrong tokens. The zero value is ready.
type Guesses struct {
	mu     sync.Mutex // guards all below
	byAddr map[netip.Prefix]*list.Element
	recent list.List // of *guesser, the last seen first
	all    guesser
}

// guesser counts the guesses that an address has left. The count grows with time, up to the burst.
type guesser struct {
	from    netip.Prefix
	left    float64
	at      time.Time // when left was computed
	refused bool      // the last guess was refused
}

// take takes one guess. If none is left, it returns how long to wait; first is true if the previous
// guess was still answered.
func (g *guesser) take(now time.Time, burst int, every time.Duration) (wait time.Duration, first bool) {
	if g.at.IsZero() {
		g.left = float64(burst)
	} else if passed := now.Sub(g.at); passed > 0 {
		g.left = min(float64(burst), g.left+float64(passed)/float64(every))
	}
	g.at = now
	if g.left >= 1 {
		g.left--
		g.refused = false
		return 0, false
	}
	first = !g.refused
	g.refused = true
	return time.Duration((1 - g.left) * float64(every)), first
}

// Count counts a wrong token from an address. It returns how long the sender must wait before the
// next guess, or 0. first is true if this guess is the first to be refused.
func (g *Guesses) Count(remote string, now time.Time) (wait time.Duration, first bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	key := neighbourhood(remote)
	e := g.byAddr[key]
	if e == nil {
		if g.byAddr == nil {
			g.byAddr = map[netip.Prefix]*list.Element{}
		}
		if len(g.byAddr) >= Addresses {
			delete(g.byAddr, g.recent.Remove(g.recent.Back()).(*guesser).from)
		}
		e = g.recent.PushFront(&guesser{from: key})
		g.byAddr[key] = e
	}
	g.recent.MoveToFront(e)
	wait, first = e.Value.(*guesser).take(now, Burst, everyOne)
	if wait > 0 {
		return wait, first // so that one address cannot spend the guesses of all
	}
	return g.all.take(now, BurstAll, everyAll)
}

// neighbourhood returns the IPv4 address, or the IPv6 network that one customer usually has.
func neighbourhood(remote string) netip.Prefix {
	at, err := netip.ParseAddrPort(remote)
	if err != nil {
		return netip.Prefix{}
	}
	a := at.Addr().Unmap().WithZone("")
	bits := 32
	if a.Is6() {
		bits = 64
	}
	p, _ := a.Prefix(bits) // cannot fail: the lengths are valid
	return p
}

// Len returns how many addresses are remembered, at most Addresses.
func (g *Guesses) Len() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.byAddr)
}
