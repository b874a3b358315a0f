package graph

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Bookmark names a commit of one history of a store. A node that gets a bookmark can decide whether it has the commit,
// may get it, or can never have it, because its store was restored or rewound. The zero value names nothing.
type Bookmark struct {
	Seq   Seq
	Epoch uint64
	mark  mark
}

// mark is derived from what a client can neither know nor choose. Its first part is derived from the id of the
// store. The rest is derived from the id, and from the numbers and the record time of the commit.
type mark [12]byte

const ofStore = 4 // the length in bytes of the part that is derived from the store

// NewBookmark returns a bookmark for the commit with a number, which the store recorded at the given time; the
// zero time for 0.
func NewBookmark(of Identity, seq Seq, at time.Time) Bookmark {
	b := Bookmark{Seq: seq, Epoch: of.Epoch}
	text := append([]byte("caspian bookmark\x00"), of.Store...)
	store := sha256.Sum256(text)
	text = binary.BigEndian.AppendUint64(append(text, 0), of.Epoch)
	text = binary.BigEndian.AppendUint64(text, uint64(seq))
	if seq > 0 {
		text = binary.BigEndian.AppendUint64(text, uint64(at.UnixMicro()))
	}
	commit := sha256.Sum256(text)
	copy(b.mark[copy(b.mark[:], store[:ofStore]):], commit[:])
	return b
}

// String writes the bookmark in the form that ParseBookmark reads: sequence number, epoch, mark.
func (b Bookmark) String() string {
	text := append(strconv.AppendUint(nil, uint64(b.Seq), 10), '.')
	text = append(strconv.AppendUint(text, b.Epoch, 10), '.')
	return string(base64.RawURLEncoding.AppendEncode(text, b.mark[:]))
}

// ParseBookmark reads what String wrote. The error has the code BAD_USER_INPUT.
func ParseBookmark(text string) (Bookmark, error) {
	fault := Errorf(BadInput, "%.80q is not a bookmark; send one unchanged, as the service gave it", text)
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return Bookmark{}, fault
	}
	seq, err := strconv.ParseUint(parts[0], 10, 63)
	epoch, err2 := strconv.ParseUint(parts[1], 10, 64)
	m, err3 := base64.RawURLEncoding.DecodeString(parts[2])
	b := Bookmark{Seq: Seq(seq), Epoch: epoch}
	if err != nil || err2 != nil || err3 != nil || copy(b.mark[:], m) != len(b.mark) || b.String() != text {
		return Bookmark{}, fault
	}
	return b, nil
}

// Of returns an error if the bookmark is from another store or epoch. It does not check that the store has the
// commit. The error has the code HISTORY_REPLACED.
func (b Bookmark) Of(is Identity) error {
	ours := NewBookmark(is, 0, time.Time{})
	if string(b.mark[:ofStore]) != string(ours.mark[:ofStore]) {
		return b.replaced("it is of another store; a store that was restored from a backup is another one")
	}
	if b.Epoch != is.Epoch {
		return b.replaced(fmt.Sprintf("it is of epoch %d, and the store is at epoch %d", b.Epoch, is.Epoch))
	}
	return nil
}

// Names returns an error unless the bookmark names the commit that the store recorded under its number at the given
// time. The error has the code HISTORY_REPLACED.
func (b Bookmark) Names(is Identity, at time.Time) error {
	if err := b.Of(is); err != nil {
		return err
	}
	if b != NewBookmark(is, b.Seq, at) {
		return b.replaced(fmt.Sprintf("the store has another commit %d now", b.Seq))
	}
	return nil
}

func (b Bookmark) replaced(why string) error {
	return Errorf(HistoryReplaced, "the bookmark %s is of a history that the store does not have: %s; forget it, read without it, and look whether what you wrote last is there", b, why)
}
