package server

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/caspian-kg/caspian/server/internal/metrics"
)

// idleCommits is how many commits every idle subscriber must receive.
const idleCommits = 20

// TestIdleSubscribers keeps many subscribers open for a time without commits: half
// of them streams, half sockets, with their clients in another process. Then all
// must receive every commit, in order. 10,000 where CASPIAN_SOAK is set.
func TestIdleSubscribers(t *testing.T) {
	n, quiet := 1000, time.Second
	switch {
	case os.Getenv("CASPIAN_SOAK") != "":
		n, quiet = 10_000, 10*time.Second
	case testing.Short() || raced:
		n = 200
	}
	s, ts := overHTTP(t, Options{Live: Live{Heartbeat: quiet / 3}})
	learn(t, s)
	before := memory()
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestIdleClients$", "-test.v")
	child.Env = append(os.Environ(), "CASPIAN_IDLE_CLIENTS="+strconv.Itoa(n), "CASPIAN_IDLE_URL="+ts.URL)
	var stderr bytes.Buffer
	child.Stderr = &stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	started := time.Now()
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	var committed time.Time
	var lines []string
	for sc := bufio.NewScanner(out); sc.Scan(); {
		line := sc.Text()
		if line != "all follow" {
			lines = append(lines, line)
			continue
		}
		within(t, 5*time.Second, "all have been heard", func() bool {
			return value(s.metrics.Subscribers[metrics.SSE])+value(s.metrics.Subscribers[metrics.WebSocket]) == int64(n)
		})
		t.Logf("%d subscribers in %s, %.1f KB each", n, time.Since(started).Round(time.Millisecond), float64(memory()-before)/float64(n)/1024)
		time.Sleep(quiet) // beyond some heartbeats and the timeouts of requests
		committed = time.Now()
		for range idleCommits {
			learn(t, s)
		}
	}
	if err := child.Wait(); err != nil {
		t.Fatalf("%v\n%s\n%s", err, strings.Join(lines, "\n"), stderr.Bytes())
	}
	took := time.Since(committed)
	t.Logf("%d events in %s, %.0f a second", n*idleCommits, took.Round(time.Millisecond), float64(n*idleCommits)/took.Seconds())
	if got := value(s.metrics.Events); got != int64(n*idleCommits) {
		t.Errorf("%d events were sent", got)
	}
	if slow, lagged := value(s.metrics.Dropped[metrics.Slow]), value(s.metrics.Dropped[metrics.Lagged]); slow+lagged > 0 {
		t.Errorf("%d were dropped since they did not read, %d since they lagged", slow, lagged)
	}
	within(t, 5*time.Second, "all places are free", func() bool { return s.streams.Places() == 0 })
}

// memory returns what the program holds, stacks included.
func memory() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc + m.StackInuse
}

// TestIdleClients is the other process of TestIdleSubscribers.
func TestIdleClients(t *testing.T) {
	n, err := strconv.Atoi(os.Getenv("CASPIAN_IDLE_CLIENTS"))
	if err != nil {
		t.Skip("a part of TestIdleSubscribers")
	}
	at, err := url.Parse(os.Getenv("CASPIAN_IDLE_URL"))
	if err != nil {
		t.Fatal(err)
	}
	var failed atomic.Pointer[error]
	var following, all sync.WaitGroup
	following.Add(n)
	slots := make(chan bool, 50) // connections being made
	for i := range n {
		slots <- true
		follow := idleStream
		if i%2 == 1 {
			follow = idleSocket
		}
		all.Add(1)
		go func() {
			defer all.Done()
			ready := sync.OnceFunc(func() { following.Done(); <-slots })
			defer ready()
			if err := follow(at, ready); err != nil {
				failed.CompareAndSwap(nil, &err)
			}
		}()
	}
	following.Wait()
	fmt.Println("all follow")
	all.Wait()
	if err := failed.Load(); err != nil {
		t.Fatal(*err)
	}
}

const idle = `subscription { changes(sinceSequence: 1) { sequence } }`

// idleStream follows as a stream, with as little as can be.
func idleStream(at *url.URL, ready func()) error {
	conn, err := net.Dial("tcp", at.Host)
	if err != nil {
		return err
	}
	defer conn.Close()
	fmt.Fprintf(conn, "GET /graphql/stream?query=%s HTTP/1.1\r\nHost: %s\r\nAccept: text/event-stream\r\n\r\n", url.QueryEscape(idle), at.Host)
	r := bufio.NewReaderSize(conn, 512)
	for n := 2; n <= idleCommits+1; {
		line, err := r.ReadString('\n')
		if err != nil {
			return fmt.Errorf("a stream before %d: %w", n, err)
		}
		switch {
		case strings.HasPrefix(line, ": "):
			ready()
		case strings.HasPrefix(line, "data: "):
			if want := "data: " + sequence(n) + "\n"; line != want {
				return fmt.Errorf("a stream heard %q, want %q", line, want)
			}
			n++
		}
	}
	return nil
}

// idleSocket follows over a socket.
func idleSocket(at *url.URL, ready func()) error {
	ctx := context.Background()
	conn, _, err := websocket.Dial(ctx, at.String()+"/graphql", &websocket.DialOptions{
		Subprotocols: []string{socketProtocol}, HTTPClient: &http.Client{Transport: &http.Transport{ReadBufferSize: 512, WriteBufferSize: 512}}})
	if err != nil {
		return err
	}
	defer conn.CloseNow()
	say := func(text string) {
		err = errors.Join(err, conn.Write(ctx, websocket.MessageText, []byte(text)))
	}
	hear := func(want string) error {
		_, text, err2 := conn.Read(ctx)
		if err = errors.Join(err, err2); err == nil && string(text) != want {
			err = fmt.Errorf("a socket heard %s, want %s", text, want)
		}
		return err
	}
	say(`{"type":"connection_init"}`)
	if err := hear(`{"type":"connection_ack"}`); err != nil {
		return err
	}
	say(subscribing("1", idle))
	ready()
	for n := 2; n <= idleCommits+1; n++ {
		if err := hear(nextOf("1", n)); err != nil {
			return err
		}
	}
	return conn.Close(websocket.StatusNormalClosure, "")
}
