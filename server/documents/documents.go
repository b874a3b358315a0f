// Package documents finds the documents that requests name instead of sending them: in the list of
// trusted documents, and among those that clients registered by hash.
//
// Read List first, then Store. The package must not know what is in a document.
package documents

import (
	"bytes"
	"container/list"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/caspian-kg/caspian/codes"
	"github.com/caspian-kg/caspian/graph"
)

// List is the list of trusted documents: the documents that the owner of the service lists, by id. It
// does not change after it is read.
type List struct {
	ids  []string          // as in the list, sorted
	byID map[string]string // by SHA-256 in hexadecimal, and by the other ids in the list
	text map[string]bool
}

// Read reads a JSON object of documents by id. An id of 64 hexadecimal digits, with or
// without the prefix "sha256:", must be the SHA-256 of its document; the owner may choose any other
// id. The error names every line that is wrong.
func Read(name string, r io.Reader) (*List, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	d := &List{byID: map[string]string{}, text: map[string]bool{}}
	dr := &reader{name: name, src: text, dec: json.NewDecoder(bytes.NewReader(text)), to: d}
	if err := dr.object(); err != nil {
		dr.fault(`%v; the file must be one JSON object of documents by id: {"<sha256>": "query { … }"}`, err)
	} else if len(dr.faults) == 0 && len(d.byID) == 0 {
		dr.fault("the file has no document; leave --documents out")
	}
	if len(dr.faults) > 0 {
		return nil, dr.faults
	}
	// Clients may also name a document by its hash if the list has another id for it.
	d.ids = slices.Sorted(maps.Keys(d.byID))
	for _, id := range d.ids {
		d.byID[HashOf(d.byID[id])] = d.byID[id]
	}
	return d, nil
}

// reader reads a file of documents and collects its faults.
type reader struct {
	name   string
	src    []byte
	dec    *json.Decoder // reads src
	to     *List
	faults graph.Problems
}

// fault records a fault at the line that the decoder has reached.
func (r *reader) fault(format string, a ...any) {
	read := r.src[:min(r.dec.InputOffset(), int64(len(r.src)))]
	at := graph.Position{File: r.name, Line: 1 + bytes.Count(read, []byte("\n"))}
	r.faults = append(r.faults, graph.Problem{Position: at, Code: graph.BadInput, Message: fmt.Sprintf(format, a...)})
}

// object reads the whole file. An error means that the file is malformed, so that nothing more can
// be read.
func (r *reader) object() error {
	if tok, err := r.dec.Token(); err != nil {
		return err
	} else if tok != json.Delim('{') {
		return errors.New("this is not an object")
	}
	for r.dec.More() {
		key, err := r.dec.Token()
		if err != nil {
			return err
		}
		var raw json.RawMessage
		if err := r.dec.Decode(&raw); err != nil {
			return err
		}
		r.document(strings.TrimPrefix(key.(string), HashPrefix), raw) // in an object, every other token is a key
	}
	if _, err := r.dec.Token(); err != nil {
		return err
	}
	if _, err := r.dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("there is more after the object")
	}
	return nil
}

// document adds one document, or records why it is wrong.
func (r *reader) document(id string, raw json.RawMessage) {
	var doc string
	if raw[0] != '"' || json.Unmarshal(raw, &doc) != nil {
		r.fault("%s: the document must be a string, not %.20s", id, raw)
		return
	}
	switch _, twice := r.to.byID[id]; {
	case twice:
		r.fault("%s is given twice", id)
	case !isID(id):
		r.fault("%q is not an id; use the SHA-256 of the document, or letters, digits and -._~", id)
	case IsHash(id) && id != HashOf(doc):
		r.fault("%s is not the SHA-256 of its document, which is %s", id, HashOf(doc))
	default:
		r.to.byID[id], r.to.text[doc] = doc, true
	}
}

// Check calls check for every document and returns all errors, with the ids of their documents.
func (d *List) Check(check func(document string) error) error {
	var errs []error
	for _, id := range d.ids {
		if err := check(d.byID[id]); err != nil {
			errs = append(errs, fmt.Errorf("document %s: %w", id, err))
		}
	}
	return errors.Join(errs...)
}

// HashPrefix begins ids that are hashes, optionally.
const HashPrefix = "sha256:"

// HashOf returns the SHA-256 of a document in hexadecimal.
func HashOf(document string) string {
	sum := sha256.Sum256([]byte(document))
	return hex.EncodeToString(sum[:])
}

// IsHash reports whether a text has the form of HashOf.
func IsHash(s string) bool {
	return len(s) == 2*sha256.Size && strings.Trim(s, "0123456789abcdef") == ""
}

// isID reports whether an id has the syntax of the draft, including the colon of a prefix.
func isID(s string) bool {
	if s == "" || len(s) > 256 {
		return false
	}
	for _, c := range []byte(s) {
		if c >= utf8.RuneSelf || !isAlnum(c) && strings.IndexByte("-._~:", c) < 0 {
			return false
		}
	}
	return true
}

func isAlnum(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' }

// Store finds the documents of requests that name a document instead of sending it. It has the
// trusted list, and a cache of documents that clients sent with their hashes (automatic persisted
// queries). The cache has the most recently used documents, up to a number of bytes. It is safe for
// concurrent use.
type Store struct {
	trusted *List // nil if there is no list
	only    bool  // refuses documents that are not trusted
	limit   int

	mu           sync.Mutex // guards everything below
	kept         map[string]*list.Element
	recent       list.List // values of type keptDocument, the last used first
	bytes        int
	hits, misses int64
}

type keptDocument struct{ hash, text string }

// keptOverhead is the approximate memory of a cache entry besides its document.
const keptOverhead = 300

// NewStore returns a store with an empty cache of limit bytes. trusted may be nil; only refuses documents
// that are not in it.
func NewStore(trusted *List, only bool, limit int) *Store {
	if only {
		limit = 0 // documents that clients register must not become trusted
	}
	return &Store{trusted: trusted, only: only, limit: limit, kept: map[string]*list.Element{}}
}

func (p *Store) get(id string) (string, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.trusted != nil {
		if doc, ok := p.trusted.byID[id]; ok {
			p.hits++
			return doc, true
		}
	}
	e := p.kept[id]
	if e == nil {
		p.misses++
		return "", false
	}
	p.hits++
	p.recent.MoveToFront(e)
	return e.Value.(keptDocument).text, true
}

// keep adds a document, whose hash has been checked, to the cache.
func (p *Store) keep(hash, text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	size := len(text) + keptOverhead
	if size > p.limit {
		return
	}
	if e := p.kept[hash]; e != nil {
		p.recent.MoveToFront(e)
		return
	}
	p.kept[hash] = p.recent.PushFront(keptDocument{hash, strings.Clone(text)})
	p.bytes += size
	for p.bytes > p.limit {
		old := p.recent.Remove(p.recent.Back()).(keptDocument)
		delete(p.kept, old.hash)
		p.bytes -= len(old.text) + keptOverhead
	}
}

// Stats returns the size of the cache, and how many references were found and not found.
func (p *Store) Stats() (documents, bytes int, hits, misses int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.kept), p.bytes, p.hits, p.misses
}

// Reference is how a request names its document: by hash, or by an id of the trusted list.
type Reference struct {
	ID string // "" if the request names none
	// Apollo is true if the reference came as extensions.persistedQuery and not as documentId.
	Apollo bool
}

// Refusal says why a request has no document. Its code gives the status.
type Refusal struct{ Code, Message string }

// Find returns the document of a request that has a text, a reference or both. It fails with a Refusal.
func (p *Store) Find(text string, given bool, ref Reference) (string, *Refusal) {
	if given {
		if IsHash(ref.ID) && HashOf(text) != ref.ID {
			return "", &Refusal{codes.BadRequest, fmt.Sprintf("the hash %s is not the SHA-256 of the document that came with it", ref.ID)}
		}
		if p.only && !p.trusted.text[text] {
			return "", &Refusal{codes.DocumentNotTrusted,
				"the service answers only the documents of its trusted list, and this is not one of them: ask its owner to add it to --documents"}
		}
		if IsHash(ref.ID) {
			p.keep(ref.ID, text)
		}
		return text, nil
	}
	if text, ok := p.get(ref.ID); ok {
		return text, nil
	}
	missing := &Refusal{Code: codes.PersistedQueryNotFound}
	switch {
	case ref.Apollo && p.limit == 0 && p.trusted == nil:
		missing.Code, missing.Message = codes.PersistedQueryNotSupported, "PersistedQueryNotSupported"
	case ref.Apollo:
		missing.Message = "PersistedQueryNotFound"
	case p.limit == 0 || !IsHash(ref.ID):
		missing.Message = fmt.Sprintf("there is no document %.100q in the list of trusted documents", ref.ID)
	default:
		missing.Message = fmt.Sprintf("no document with the SHA-256 %s is known here: send it in full as query, with the same documentId", ref.ID)
	}
	return "", missing
}
