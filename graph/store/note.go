package store

import (
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/caspian-kg/caspian/graph"
)

// noteFile is a file next to the database that records the last acknowledged commit. LevelDB takes a journal
// that was truncated, or whose last block is damaged, for the result of a crash, and opens without the commits
// in it; the note shows that commits are missing. A commit is noted after its sync and before it is
// acknowledged, so the note is never ahead of the database. The note itself is synced within noteDelay, and
// writes do not wait for that. After a kill the note is exact; after a loss of power it may lag by some
// commits.
const (
	noteFile  = "head"
	noteSlot  = 4096
	noteSlots = 3
	noteDelay = 50 * time.Millisecond
	noteForm  = "caspian head 1"
)

// noted is the content of a note.
type noted struct {
	graph.Identity
	seq    graph.Seq
	digest string // "" if unknown
	at     int    // the slot from which it was read
}

func (n noted) slot() []byte {
	text := fmt.Sprintf("%s store=%s epoch=%d commit=%d digest=%s", noteForm, n.Store, n.Epoch, n.seq, n.digest)
	text += fmt.Sprintf(" sum=%08x", crc32.ChecksumIEEE([]byte(text)))
	return fmt.Appendf(nil, "%-*s\n", noteSlot-1, text)
}

func parseSlot(b []byte) (n noted, ok bool) {
	line := strings.TrimRight(string(b), " \n")
	text, sum, _ := strings.Cut(line, " sum=")
	if sum != fmt.Sprintf("%08x", crc32.ChecksumIEEE([]byte(text))) {
		return n, false
	}
	text, ok = strings.CutPrefix(text, noteForm+" ")
	for _, field := range strings.Fields(text) {
		var err error
		switch name, v, _ := strings.Cut(field, "="); name {
		case "store":
			n.Store = v
		case "epoch":
			n.Epoch, err = strconv.ParseUint(v, 10, 64)
		case "commit":
			var seq uint64
			seq, err = strconv.ParseUint(v, 10, 64)
			n.seq = graph.Seq(seq)
		case "digest":
			n.digest = v
		}
		ok = ok && err == nil
	}
	return n, ok
}

// readNote reads the note in the store's folder, or returns nil if there is none. It ignores a slot whose write
// was interrupted by a loss of power.
func readNote(dir string) (*noted, error) {
	path := filepath.Join(dir, noteFile)
	b, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	// Earlier versions wrote only the number.
	if n, err := strconv.ParseUint(strings.TrimSpace(string(b)), 10, 64); err == nil {
		return &noted{seq: graph.Seq(n)}, nil
	}
	var last *noted
	for at := 0; at < noteSlots && len(b) > 0; at++ {
		slot := b[:min(noteSlot, len(b))]
		b = b[len(slot):]
		if n, ok := parseSlot(slot); ok && (last == nil || n.seq > last.seq) {
			n.at = at
			last = &n
		}
	}
	if last == nil {
		return nil, fmt.Errorf("%s is damaged; delete it if 'caspian verify' finds the rest of the store sound", path)
	}
	return last, nil
}

// checkNote compares the database with the note.
func checkNote(dir string, db looked) error {
	n := db.note
	if n == nil {
		return nil
	}
	note, quads := filepath.Join(dir, noteFile), filepath.Join(dir, quadsDir)
	const remedy = "restore the whole folder from one backup, or delete the note to go on with the quads as they are"
	if n.Store != "" && n.Identity != db.identity {
		return fmt.Errorf("%s is of the store %q, epoch %d, but %s is of %q, epoch %d; %s", note, n.Store, n.Epoch, quads, db.identity.Store, db.identity.Epoch, remedy)
	}
	if db.head < n.seq {
		return fmt.Errorf("%s notes commit %d, but %s ends with commit %d: a file of it is missing, damaged or was cut short; "+
			"restore it from a backup, or delete the note to go on without the lost commits", note, n.seq, quads, db.head)
	}
	if n.digest == "" {
		return nil
	}
	is, err := digestAt(db.kv, n.seq)
	if err == nil && is != n.digest {
		err = fmt.Errorf("%s notes commit %d with the digest %s, but in %s its digest is %q: it is another history; %s", note, n.seq, n.digest, quads, is, remedy)
	}
	return err
}

// note writes the note file. It is safe for concurrent use.
type note struct {
	sync bool

	// mu guards the following; it is not held during a sync.
	mu      sync.Mutex
	now     noted
	file    *os.File
	writing int // the slot for the next write
	durable int // the slot that the last sync made durable
	timer   *time.Timer
	syncing sync.Mutex // allows one sync at a time; locked before mu
	err     error      // the error of the last write or sync
}

// openNote opens the note for writing. It creates the file again if it is missing or of an earlier version.
func openNote(dir string, was *noted, now noted, sync bool) (*note, error) {
	path := filepath.Join(dir, noteFile)
	info, err := os.Stat(path)
	if was == nil || was.Store == "" || err != nil || info.Size() != noteSlot*noteSlots {
		if err := makeNote(path, now); err != nil {
			return nil, err
		}
		was = &now
	}
	n := &note{sync: sync, now: now, durable: was.at, writing: (was.at + 1) % noteSlots}
	if n.file, err = os.OpenFile(path, os.O_RDWR, 0); err != nil {
		return nil, err
	}
	if was.seq != now.seq || was.digest != now.digest {
		if _, err := n.file.WriteAt(now.slot(), int64(n.writing*noteSlot)); err != nil {
			return nil, errors.Join(err, n.file.Close())
		}
		n.flush()
	}
	return n, nil
}

// makeNote replaces the file as a whole or not at all.
func makeNote(path string, now noted) error {
	tmp := path + ".tmp"
	f, err := os.Create(tmp)
	if err != nil {
		return err
	}
	for range noteSlots {
		if err == nil {
			_, err = f.Write(now.slot())
		}
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(tmp))
	}
	if err := os.Rename(tmp, path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// set notes a durable commit. It does not wait for the disk.
func (n *note) set(seq graph.Seq, digest string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.now.seq, n.now.digest = seq, digest
	_, n.err = n.file.WriteAt(n.now.slot(), int64(n.writing*noteSlot))
	if n.sync && n.timer == nil {
		n.timer = time.AfterFunc(noteDelay, n.flush)
	}
}

// flush makes the last write durable. During the sync, new writes go to the third slot.
func (n *note) flush() {
	n.syncing.Lock()
	defer n.syncing.Unlock()
	n.mu.Lock()
	slot, file := n.writing, n.file
	n.writing, n.timer = 0+1+2-n.writing-n.durable, nil
	n.mu.Unlock()
	if file == nil {
		return
	}
	err := file.Sync()
	n.mu.Lock()
	defer n.mu.Unlock()
	if err == nil {
		n.durable = slot
	} else {
		n.err = err
	}
}

// close makes the note durable and closes the file.
func (n *note) close() error {
	n.mu.Lock()
	if n.timer != nil {
		n.timer.Stop()
	}
	n.mu.Unlock()
	if n.sync {
		n.flush()
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	err := errors.Join(n.err, n.file.Close())
	n.file = nil
	return err
}
