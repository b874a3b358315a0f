package compare

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// request returns the bytes of one POST request, which is the same for every contestant.
func request(addr, query, variables string) []byte {
	body := fmt.Sprintf(`{"query":%s,"variables":%s}`, strconv.Quote(query), variables)
	return fmt.Appendf(nil, "POST /graphql HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nAccept: application/json\r\nContent-Length: %d\r\n\r\n%s",
		addr, len(body), body)
}

// client is one connection. It parses only the parts of HTTP that the contestants write. So one core is enough
// to send requests faster than any contestant answers them.
type client struct {
	conn net.Conn
	r    *bufio.Reader
	body []byte
}

func dial(addr string, patience time.Duration) (*client, error) {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	if err := c.SetDeadline(time.Now().Add(patience)); err != nil {
		return nil, err
	}
	return &client{conn: c, r: bufio.NewReaderSize(c, 64<<10)}, nil
}

// ask sends a request and returns the body of the answer, which is valid until the next call.
func (c *client) ask(req []byte) ([]byte, error) {
	if _, err := c.conn.Write(req); err != nil {
		return nil, err
	}
	status, err := c.r.ReadSlice('\n')
	if err != nil {
		return nil, err
	}
	ok := bytes.Contains(status, []byte(" 200 "))
	length, chunked := 0, false
	for {
		line, err := c.r.ReadSlice('\n')
		if err != nil {
			return nil, err
		}
		name, value, _ := bytes.Cut(bytes.TrimSpace(line), []byte(":"))
		switch {
		case len(name) == 0:
			c.body = c.body[:0]
			if chunked {
				err = c.chunks()
			} else {
				err = c.part(length)
			}
			if err == nil && !ok {
				err = fmt.Errorf("the answer is not 200: %s", c.body)
			}
			return c.body, err
		case bytes.EqualFold(name, []byte("Content-Length")):
			length, err = strconv.Atoi(string(bytes.TrimSpace(value)))
		case bytes.EqualFold(name, []byte("Transfer-Encoding")):
			chunked = true
		}
		if err != nil {
			return nil, err
		}
	}
}

func (c *client) part(n int) error {
	at := len(c.body)
	for cap(c.body) < at+n {
		c.body = append(c.body[:cap(c.body)], 0)
	}
	c.body = c.body[:at+n]
	_, err := io.ReadFull(c.r, c.body[at:])
	return err
}

func (c *client) chunks() error {
	for {
		line, err := c.r.ReadSlice('\n')
		if err != nil {
			return err
		}
		n, err := strconv.ParseInt(string(bytes.TrimSpace(line)), 16, 32)
		if err == nil {
			err = c.part(int(n))
		}
		if err == nil {
			_, err = c.r.Discard(2)
		}
		if err != nil || n == 0 {
			return err
		}
	}
}

// connections is the number of clients that ask at the same time. Each waits for one answer at a time.
const connections = 16

// rate sends requests for a time and returns the answers per second. All answers must have the given length.
// Requests that are running at the end of the time are awaited and counted.
func rate(addr string, req []byte, length int, during time.Duration) (float64, error) {
	var wg sync.WaitGroup
	var answers atomic.Int64
	failed := make(chan error, connections)
	clients := make([]*client, connections)
	for i := range clients {
		c, err := dial(addr, during+time.Minute)
		if err != nil {
			return 0, err
		}
		defer c.conn.Close()
		clients[i] = c
	}
	start := time.Now()
	for _, c := range clients {
		wg.Go(func() {
			for time.Since(start) < during {
				body, err := c.ask(req)
				if err == nil && len(body) != length {
					err = fmt.Errorf("an answer of %d bytes, where others have %d", len(body), length)
				}
				if err != nil {
					failed <- err
					return
				}
				answers.Add(1)
			}
		})
	}
	wg.Wait()
	took := time.Since(start)
	select {
	case err := <-failed:
		return 0, err
	default:
	}
	return float64(answers.Load()) / took.Seconds(), nil
}
