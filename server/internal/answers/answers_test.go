package answers

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
)

func request(query string) *Request { return &Request{Query: query} }

// TestOneMakes checks that all that wait for an answer get the one that the first makes.
func TestOneMakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New(1 << 20)
		_, m, err := c.Get(t.Context(), "k", request("q"))
		if m == nil || err != nil {
			t.Fatal("the first does not make it", err)
		}
		var all sync.WaitGroup
		for range 100 {
			all.Go(func() {
				a, m, err := c.Get(t.Context(), "k", request("q"))
				if m != nil || err != nil || string(a.Body) != "body" {
					t.Errorf("%v %v %v", a, m, err)
				}
				c.Release(a)
			})
		}
		leaving, leave := context.WithCancel(t.Context())
		all.Go(func() {
			if a, m, err := c.Get(leaving, "k", request("q")); a != nil || m != nil || err == nil {
				t.Errorf("one that left got %v %v %v", a, m, err)
			}
		})
		synctest.Wait()
		leave()
		synctest.Wait()
		if m.Done([]byte("body"), true) {
			t.Error("a request of which there was no other is kept")
		}
		all.Wait()
		if s := c.Stats(); s != (Stats{Shared: 100, Misses: 1}) {
			t.Errorf("%+v", s)
		}
	})
}

// TestNextMakes checks what those that wait do where the first makes nothing that they can share.
func TestNextMakes(t *testing.T) {
	for _, again := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			c := New(1 << 20)
			_, first, _ := c.Get(t.Context(), "k", request("q"))
			var mu sync.Mutex
			made, alone, got := 0, 0, 0
			var all sync.WaitGroup
			for range 10 {
				all.Go(func() {
					a, m, err := c.Get(t.Context(), "k", request("q"))
					mu.Lock()
					defer mu.Unlock()
					switch {
					case err != nil:
						t.Error(err)
					case m != nil:
						made++
						m.Done([]byte("body"), false)
					case a == nil:
						alone++
					default:
						got++
						c.Release(a)
					}
				})
			}
			synctest.Wait()
			first.Fail(again)
			all.Wait()
			if again && (made != 1 || got != 9) || !again && alone != 10 {
				t.Errorf("again %t: %d made it, %d made their own, %d got it", again, made, alone, got)
			}
		})
	}
}

// TestBounded compares the cache with the sum of what its users hold and what it keeps, over random
// uses, and checks that no key has another's answer.
func TestBounded(t *testing.T) {
	const limit = 40_000
	rnd := rand.New(rand.NewPCG(1, 2))
	c := New(limit)
	held := map[*Answer]int{} // users
	body := func(key string) []byte { return []byte(fmt.Sprintf("%s:%*s", key, 100+int(key[1])*40, "")) }
	for range 20_000 {
		key := fmt.Sprintf("k%c%d", 'a'+rnd.IntN(26), rnd.IntN(5))
		a, m, err := c.Get(t.Context(), key, request(key[:2]))
		switch {
		case err != nil:
			t.Fatal(err)
		case m != nil && rnd.IntN(10) == 0:
			m.Fail(rnd.IntN(2) == 0)
		case m != nil:
			m.Done(body(key), false)
		case string(a.Body) != string(body(key)):
			t.Fatalf("%s has the answer %.20s", key, a.Body)
		default:
			held[a]++
			if rnd.IntN(4) == 0 {
				c.Pack(a, make([]byte, rnd.IntN(3000)))
			}
		}
		for a := range held {
			if rnd.IntN(3) == 0 {
				if c.Release(a); held[a] > 1 {
					held[a]--
				} else {
					delete(held, a)
				}
			}
			break
		}
		want := 0
		for _, a := range c.kept {
			want += a.size()
		}
		for a := range held {
			if c.kept[a.key] != a {
				want += a.size()
			}
		}
		if s := c.Stats(); s.Bytes != want || s.Bytes > limit || s.Answers != c.recent.Len() {
			t.Fatalf("%+v, want %d bytes of at most %d", s, want, limit)
		}
	}
	if s := c.Stats(); s.Hits < 500 || s.Misses < 5000 {
		t.Errorf("%+v is not a mixed load", s)
	}
}

// TestKeptOnReturn checks that an answer is kept once its request comes again, under any key.
func TestKeptOnReturn(t *testing.T) {
	c := New(1 << 20)
	for i, want := range []bool{false, true, true} {
		_, m, _ := c.Get(t.Context(), fmt.Sprint(i), request("q"))
		if got := m.Done(nil, false); got != want {
			t.Errorf("%d: kept is %t", i, got)
		}
	}
	_, m, _ := c.Get(t.Context(), "long", request("q"))
	if m.Done(make([]byte, 1<<20), false) {
		t.Error("a quarter of the cache went to one answer")
	}
}
