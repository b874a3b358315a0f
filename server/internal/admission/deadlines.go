package admission

import (
	"errors"
	"net"
	"os"
	"sync"
	"time"
)

// patient is the deadline of one direction of a connection. net/http sets up to seven deadlines for
// each request. Each changes a timer of the runtime, although hardly any deadline passes. patient
// gives the connection only the earliest deadline. When that passes, it gives the connection the
// deadline that is wanted by then.
type patient struct {
	mu    sync.Mutex // guards the fields below, and orders the calls of set
	wants time.Time  // the deadline that net/http set; zero if none
	has   time.Time  // the deadline of the connection, never after wants; zero if none
}

// want records a deadline. It calls set only if the connection's deadline is later.
func (p *patient) want(t time.Time, set func(time.Time) error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wants = t
	if t.IsZero() || !p.has.IsZero() && !t.Before(p.has) {
		return nil
	}
	p.has = t
	return set(t)
}

// passed reports whether the wanted deadline has passed when an operation met the connection's
// deadline. If it has not, the connection gets the wanted deadline, and the operation continues.
func (p *patient) passed(set func(time.Time) error) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.wants.IsZero() && !time.Now().Before(p.wants) {
		return true
	}
	p.has = p.wants
	return set(p.wants) != nil
}

// deadlines is a connection whose deadlines are cheap to set.
type deadlines struct {
	net.Conn
	reads, writes patient
}

// SetDeadline implements net.Conn.
func (d *deadlines) SetDeadline(t time.Time) error {
	return errors.Join(d.SetReadDeadline(t), d.SetWriteDeadline(t))
}

// SetReadDeadline implements net.Conn. Its error may come later, from Read.
func (d *deadlines) SetReadDeadline(t time.Time) error {
	return d.reads.want(t, d.Conn.SetReadDeadline)
}

// SetWriteDeadline implements net.Conn. Its error may come later, from Write.
func (d *deadlines) SetWriteDeadline(t time.Time) error {
	return d.writes.want(t, d.Conn.SetWriteDeadline)
}

func (d *deadlines) Read(b []byte) (int, error) {
	for {
		n, err := d.Conn.Read(b)
		if n > 0 || err == nil || !errors.Is(err, os.ErrDeadlineExceeded) || d.reads.passed(d.Conn.SetReadDeadline) {
			return n, err
		}
	}
}

func (d *deadlines) Write(b []byte) (int, error) {
	written := 0
	for {
		n, err := d.Conn.Write(b[written:])
		written += n
		if err == nil || !errors.Is(err, os.ErrDeadlineExceeded) || d.writes.passed(d.Conn.SetWriteDeadline) {
			return written, err
		}
	}
}
