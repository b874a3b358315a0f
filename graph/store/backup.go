package store

import (
	"bufio"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"maps"
	"slices"

	"github.com/cayleygraph/quad"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/store/internal/commits"
	"github.com/caspian-kg/caspian/graph/store/internal/terms"
)

// A backup is the log in one file, compressed with gzip. It consists of a line that identifies the format, a line of
// JSON (BackupHead), the quads of all commits in order with each term after its length, an empty term, and the SHA-256
// of everything before it.

const backupMagic = "caspian backup 1\n"

// mostTerm bounds a term of a quad in a backup, in bytes: no claim has a longer text.
const mostTerm = 16 << 20

// BackupHead describes a backup: the commit up to which it has the log, and the accepted ontologies.
type BackupHead struct {
	// Store is the identity of the backed-up store. A restored store gets another.
	Store graph.Identity `json:"store"`
	Head  graph.Seq      `json:"head"`
	// Digest is the digest of the graph after the last commit; "" if an earlier version made that commit.
	Digest string `json:"digest,omitempty"`
	// Ontologies has the texts of ontologies by hash. Accepted is the hash of the last accepted one.
	Ontologies map[string]string `json:"ontologies,omitempty"`
	Accepted   string            `json:"accepted,omitempty"`
}

// Backup writes all commits that the log has when Backup begins. Others may append at the same time.
func Backup(ctx context.Context, log Log, w io.Writer) error {
	h := &BackupHead{Store: log.Identity(), Head: log.Head()}
	var err error
	if h.Head > 0 {
		if _, h.Digest, err = log.Seal(ctx, h.Head); err != nil {
			return err
		}
	}
	if h.Ontologies, h.Accepted, err = log.Ontologies(); err != nil {
		return err
	}
	b := newBackupWriter(w)
	if err := b.head(h); err != nil {
		return err
	}
	var enc commits.Encoder
	err = log.Replay(ctx, 0, func(c *graph.Commit) error {
		if c.Seq > h.Head {
			return errEnd
		}
		enc.Reset()
		if err := enc.Commit(c); err != nil {
			return err
		}
		for _, q := range enc.Quads {
			if err := b.quad(q); err != nil {
				return err
			}
		}
		return ctx.Err()
	})
	if err != nil && !errors.Is(err, errEnd) {
		return err
	}
	return b.close()
}

type backupWriter struct {
	zip  *gzip.Writer
	sum  hash.Hash
	out  *bufio.Writer // writes to both
	last []byte        // the last quad, whose memory is reused
}

func newBackupWriter(w io.Writer) *backupWriter {
	b := &backupWriter{zip: gzip.NewWriter(w), sum: sha256.New()}
	b.out = bufio.NewWriterSize(io.MultiWriter(b.zip, b.sum), 64<<10)
	return b
}

func (b *backupWriter) head(h *BackupHead) error {
	line, err := json.Marshal(h)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(b.out, "%s%s\n", backupMagic, line)
	return err
}

func (b *backupWriter) quad(q quad.Quad) (err error) {
	if b.last, err = terms.AppendQuad(b.last[:0], q); err != nil {
		return err
	}
	_, err = b.out.Write(b.last)
	return err
}

func (b *backupWriter) close() error {
	if err := b.out.WriteByte(0); err != nil { // the empty term
		return err
	}
	if err := b.out.Flush(); err != nil {
		return err
	}
	_, err := io.WriteString(b.zip, hex.EncodeToString(b.sum.Sum(nil)))
	return errors.Join(err, b.zip.Close())
}

// ReadBackup reads a backup and calls commit with each commit, in order. If it returns an error, which may be only
// at the end, the caller must discard all commits.
func ReadBackup(r io.Reader, commit func(c *graph.Commit) error) (*BackupHead, error) {
	zip, err := gzip.NewReader(r)
	if err != nil {
		return nil, graph.Errorf(graph.BadInput, "it is not a backup of Caspian: %v", err)
	}
	b := &backupReader{in: bufio.NewReaderSize(zip, 64<<10), sum: sha256.New()}
	h, err := b.head()
	if err != nil {
		return nil, err
	}
	dec, last := commits.Decoder{Next: 1}, graph.Seq(0)
	for {
		q, err := b.quad()
		if err != nil {
			return nil, err
		}
		if q == nil {
			break
		}
		c, err := dec.Add(*q)
		if err != nil {
			return nil, damagedBackup(err)
		}
		if c != nil {
			if last = c.Seq; last == h.Head && c.Digest != h.Digest {
				return nil, damagedBackup(fmt.Errorf("its last commit has the digest %s, and not %s", c.Digest, h.Digest))
			}
			if err := commit(c); err != nil {
				return nil, err
			}
		}
	}
	if last != h.Head {
		return nil, damagedBackup(fmt.Errorf("it ends with commit %d, and not %d", last, h.Head))
	}
	return h, b.end()
}

func damagedBackup(err error) error {
	return graph.Errorf(graph.BadInput, "the backup is damaged or was cut short: %v", err)
}

type backupReader struct {
	in   *bufio.Reader
	sum  hash.Hash
	term []byte
}

func (b *backupReader) head() (*BackupHead, error) {
	var lines [2][]byte
	for i := range lines {
		line, err := b.in.ReadBytes('\n')
		if err != nil || i == 0 && string(line) != backupMagic {
			return nil, graph.Errorf(graph.BadInput, "it is not a backup of Caspian, or of another version")
		}
		b.sum.Write(line)
		lines[i] = line
	}
	h := &BackupHead{}
	if err := json.Unmarshal(lines[1], h); err != nil {
		return nil, damagedBackup(err)
	}
	return h, nil
}

// quad returns the next quad, or nil at the end.
func (b *backupReader) quad() (*quad.Quad, error) {
	var parts [4]quad.Value
	for i := range parts {
		raw, err := b.bytes()
		if err == nil && len(raw) == 0 {
			if i > 0 {
				err = errors.New("a quad ends too soon")
			} else {
				return nil, nil
			}
		}
		if err == nil {
			parts[i], err = terms.Read(raw)
		}
		if err != nil {
			return nil, damagedBackup(err)
		}
	}
	return &quad.Quad{Subject: parts[0], Predicate: parts[1], Object: parts[2], Label: parts[3]}, nil
}

// bytes returns the next term. It is valid until the next call.
func (b *backupReader) bytes() ([]byte, error) {
	size, err := binary.ReadUvarint(b.in)
	if err != nil {
		return nil, err
	}
	if size > mostTerm {
		return nil, fmt.Errorf("a term has %d bytes", size)
	}
	b.sum.Write(binary.AppendUvarint(nil, size))
	if uint64(cap(b.term)) < size {
		b.term = make([]byte, size)
	}
	b.term = b.term[:size]
	if _, err := io.ReadFull(b.in, b.term); err != nil {
		return nil, err
	}
	b.sum.Write(b.term)
	return b.term, nil
}

// end compares the checksum at the end.
func (b *backupReader) end() error {
	want := hex.EncodeToString(b.sum.Sum(nil))
	got, err := io.ReadAll(io.LimitReader(b.in, int64(len(want))+1))
	if err != nil {
		return damagedBackup(err)
	}
	if string(got) != want {
		return damagedBackup(errors.New("its checksum does not match its content"))
	}
	return nil
}

// Restore fills an empty log from a backup, with everything or nothing. It does not check the commits against
// their digests; opening a graph on the log does.
func Restore(ctx context.Context, r io.Reader, log Log) error {
	var head *BackupHead
	err := log.Fill(ctx, func(add func(*graph.Commit, func() error) error) (err error) {
		sealed := func() error { return ctx.Err() }
		head, err = ReadBackup(r, func(c *graph.Commit) error { return add(c, sealed) })
		return err
	})
	if err == nil {
		hashes := slices.Sorted(maps.Keys(head.Ontologies))
		if head.Accepted != "" {
			hashes = append(hashes, head.Accepted) // the last of the hashes is the accepted one
		}
		for _, hash := range hashes {
			err = errors.Join(err, log.AcceptOntology(hash, head.Ontologies[hash]))
		}
	}
	return err
}
