package admission

import (
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

// event is something that happens to a connection at a time.
type event struct {
	at   time.Duration
	kind int // 0 sets a deadline, 1 lifts it, 2 sends a byte from the other end
	to   time.Duration
}

// outcomes replays events on a connection, which reads and writes all the time, and says when each
// byte came, and how long each wait for a deadline took.
func outcomes(c, other net.Conn, events []event, until time.Duration) []string {
	start := time.Now()
	var got []string
	done := make(chan struct{})
	go func() {
		defer close(done)
		for b := make([]byte, 4); ; {
			n, err := c.Read(b)
			got = append(got, fmt.Sprint(time.Since(start), " ", n, " ", errors.Is(err, os.ErrDeadlineExceeded)))
			if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
				return
			}
			if err != nil {
				time.Sleep(7 * time.Millisecond) // on the clock of the bubble
			}
		}
	}()
	send := make(chan byte, len(events))
	go func() {
		for b := range send {
			_, _ = other.Write([]byte{b})
		}
	}()
	for _, e := range events {
		time.Sleep(e.at - time.Since(start)) // on the clock of the bubble
		switch e.kind {
		case 0:
			_ = c.SetReadDeadline(start.Add(e.to))
		case 1:
			_ = c.SetDeadline(time.Time{})
		case 2:
			send <- 'x'
		}
		synctest.Wait()
	}
	close(send)
	time.Sleep(until - time.Since(start)) // on the clock of the bubble
	other.Close()
	c.Close()
	<-done
	return got
}

// TestDeadlinesAgainstNet: a connection with patient deadlines reads as one without does.
func TestDeadlinesAgainstNet(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		ms := func(label string, most int) time.Duration {
			return time.Duration(rapid.IntRange(0, most).Draw(r, label)) * time.Millisecond
		}
		events := make([]event, rapid.IntRange(1, 12).Draw(r, "events"))
		for i := range events {
			// An odd time, so that no two things happen at once.
			events[i] = event{ms("at", 100)*11 + time.Microsecond*time.Duration(i+1), rapid.IntRange(0, 2).Draw(r, "kind"), ms("to", 150)*11 + 500*time.Microsecond + time.Microsecond*time.Duration(i)}
		}
		slices.SortFunc(events, func(a, b event) int { return int(a.at - b.at) })
		var want, got []string
		synctest.Test(t, func(*testing.T) {
			a, b := net.Pipe()
			want = outcomes(a, b, events, 2*time.Second)
		})
		synctest.Test(t, func(*testing.T) {
			a, b := net.Pipe()
			got = outcomes(&deadlines{Conn: a}, b, events, 2*time.Second)
		})
		if !slices.Equal(got, want) {
			r.Fatalf("%v\nread %v\nwithout them %v", events, got, want)
		}
	})
}

// counting counts what reaches a connection.
type counting struct {
	net.Conn
	sets int
}

func (c *counting) SetReadDeadline(t time.Time) error {
	c.sets++
	return c.Conn.SetReadDeadline(t)
}

func (c *counting) SetWriteDeadline(t time.Time) error {
	c.sets++
	return c.Conn.SetWriteDeadline(t)
}

// TestDeadlinesAreFew sets the deadlines of one request after another, as net/http does:
// each request may change the deadline of the connection only twice, to end a waiting read
// and to read again.
func TestDeadlinesAreFew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, other := net.Pipe()
		inner := &counting{Conn: a}
		c := &deadlines{Conn: inner}
		const requests = 100
		buf := make([]byte, 1)
		for range requests {
			_ = c.SetReadDeadline(time.Now().Add(2 * time.Minute)) // idle
			go func() { _, _ = other.Write([]byte("x")) }()
			if _, err := c.Read(buf); err != nil {
				t.Fatal(err)
			}
			_ = c.SetReadDeadline(time.Time{})
			_ = c.SetReadDeadline(time.Now().Add(10 * time.Second)) // of the header
			_ = c.SetReadDeadline(time.Now().Add(30 * time.Second)) // of the request
			_ = c.SetWriteDeadline(time.Now().Add(time.Minute))
			read := make(chan error)
			go func() { // it watches for a client that leaves
				_, err := c.Read(buf)
				read <- err
			}()
			synctest.Wait()
			_ = c.SetReadDeadline(time.Unix(1, 0))
			if err := <-read; !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Fatal(err)
			}
			_ = c.SetReadDeadline(time.Time{})
			go func() { _, _ = other.Read(make([]byte, 8)) }()
			if n, err := c.Write([]byte("answer")); n != 6 || err != nil {
				t.Fatal(n, err)
			}
			time.Sleep(time.Second) // on the clock of the bubble
		}
		if most := 3*requests + 10; inner.sets > most {
			t.Errorf("%d changes of deadlines in %d requests, more than %d", inner.sets, requests, most)
		}
	})
}

// TestWriteGoesOn checks that a write that meets an outdated deadline goes on where it was.
func TestWriteGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, other := net.Pipe()
		c := &deadlines{Conn: a}
		_ = c.SetWriteDeadline(time.Now().Add(time.Second))
		_ = c.SetWriteDeadline(time.Now().Add(5 * time.Second))
		var got []byte
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			b := make([]byte, 3)
			for {
				n, err := other.Read(b)
				if got = append(got, b[:n]...); err != nil {
					return
				}
				time.Sleep(900 * time.Millisecond) // on the clock of the bubble
			}
		}()
		if n, err := c.Write([]byte("abcdefghi")); n != 9 || err != nil {
			t.Errorf("%d %v", n, err)
		}
		began := time.Now()
		_ = c.SetWriteDeadline(began.Add(time.Second))
		if n, err := c.Write(make([]byte, 30)); !errors.Is(err, os.ErrDeadlineExceeded) || n == 0 || n == 30 || time.Since(began) != time.Second {
			t.Errorf("%d %v after %v", n, err, time.Since(began))
		}
		c.Close()
		if <-ended; string(got[:9]) != "abcdefghi" {
			t.Errorf("the other end read %q", got)
		}
	})
}
