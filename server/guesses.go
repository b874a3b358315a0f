package server

import (
	"container/list"
	"net/netip"
	"sync"
	"time"
)

const (
	// guessBurst wrong tokens of one address are answered at once, then one each guessEvery.
	guessBurst = 10
	guessEvery = 6 * time.Second
	// The same for all addresses together.
	guessBurstAll = 100
	guessEveryAll = 600 * time.Millisecond
	// guessAddresses is how many addresses are remembered; the one that has been silent the
	// longest is forgotten, and the bound for all together holds nevertheless.
	guessAddresses = 4096
)

// guesses counts wrong tokens. The zero value is ready.
type guesses struct {
	mu     sync.Mutex // guards all below
	byAddr map[netip.Prefix]*list.Element
	recent list.List // of *guesser, the last seen first
	all    guesser
}

// guesser has a number of guesses left, which grows with the time to the burst.
type guesser struct {
	from    netip.Prefix
	left    float64
	at      time.Time // when left was true
	refused bool      // the last guess was
}

// take takes one guess; where there is none it tells how long to wait, and whether the one
// before was answered.
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

// count counts a wrong token from an address, and tells how long its sender is to wait before
// the next: 0 where it need not. first tells that the one before was not too many.
func (g *guesses) count(remote string, now time.Time) (wait time.Duration, first bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	key := neighbourhood(remote)
	e := g.byAddr[key]
	if e == nil {
		if g.byAddr == nil {
			g.byAddr = map[netip.Prefix]*list.Element{}
		}
		if len(g.byAddr) >= guessAddresses {
			delete(g.byAddr, g.recent.Remove(g.recent.Back()).(*guesser).from)
		}
		e = g.recent.PushFront(&guesser{from: key})
		g.byAddr[key] = e
	}
	g.recent.MoveToFront(e)
	wait, first = e.Value.(*guesser).take(now, guessBurst, guessEvery)
	if wait > 0 {
		return wait, first // the guesses of one do not use up those of all
	}
	return g.all.take(now, guessBurstAll, guessEveryAll)
}

// neighbourhood is the address, or of IPv6 the network that one customer has.
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
	p, _ := a.Prefix(bits) // the lengths are right
	return p
}
