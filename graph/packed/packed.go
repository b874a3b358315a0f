// Package packed unpacks files compressed with gzip or Zstandard.
//
// Read Open first. It must not know what is in the files.
package packed

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/zstd"

	"github.com/caspian-kg/caspian/graph"
)

// The unpacked content is read piece by piece, so it may be long. But a stream that unpacks to more than any text would
// is an attempt to exhaust the memory or the disk of its reader.
const (
	freeUnpacked = 32 << 20
	maxRatio     = 200
)

// Name returns the name of a file without .gz or .zst.
func Name(name string) string {
	switch ext := path.Ext(name); strings.ToLower(ext) {
	case ".gz", ".zst":
		return strings.TrimSuffix(name, ext)
	}
	return name
}

// Ext returns the extension of a file's name in lower case, ignoring .gz and .zst.
func Ext(name string) string { return strings.ToLower(filepath.Ext(Name(name))) }

// Open returns the unpacked content of a stream. The first bytes show whether it is compressed with gzip, Zstandard or
// not at all. name is for messages. A stream that unpacks to far more than any text would is refused as soon as that
// shows. Closing the result closes r.
func Open(name string, r io.ReadCloser) (io.ReadCloser, error) {
	packed := &counter{r: r}
	br := bufio.NewReaderSize(packed, 64<<10)
	begin, err := br.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	u := &unpacking{name: name, packed: packed, close: r.Close}
	switch {
	case bytes.HasPrefix(begin, []byte{0x1f, 0x8b}):
		z, err := gzip.NewReader(br)
		if err != nil {
			return nil, u.damaged(err)
		}
		u.r = z
	case bytes.Equal(begin, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		z, err := zstd.NewReader(br, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(64<<20))
		if err != nil {
			return nil, u.damaged(err)
		}
		u.r, u.close = z, func() error { z.Close(); return r.Close() }
	default:
		return readCloser{br, r.Close}, nil
	}
	return u, nil
}

// readCloser reads from a reader and closes something else.
type readCloser struct {
	io.Reader
	close func() error
}

func (r readCloser) Close() error { return r.close() }

// counter counts the bytes read.
type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// unpacking is a compressed stream being read.
type unpacking struct {
	name   string
	packed *counter
	r      io.Reader
	n      int64
	close  func() error
}

func (u *unpacking) Read(p []byte) (int, error) {
	n, err := u.r.Read(p)
	if u.n += int64(n); u.n > freeUnpacked && u.n > maxRatio*u.packed.n {
		return 0, graph.Errorf(graph.BadInput, "%s unpacks to more than %d times its size, which no text does; unpack it yourself if it is meant", u.name, maxRatio)
	}
	if err != nil && err != io.EOF {
		err = u.damaged(err)
	}
	return n, err
}

func (u *unpacking) damaged(err error) error {
	return graph.Errorf(graph.BadInput, "%s is packed, but damaged or cut off: %v", u.name, err)
}

// Close closes the compressed stream without reading the rest.
func (u *unpacking) Close() error { return u.close() }
