package server

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
	"net/http"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/caspian-kg/caspian/codes"
	"github.com/caspian-kg/caspian/graph"
)

// Documents are trusted documents: the documents that the owner of the service lists, by id. They
// do not change after they are read.
type Documents struct {
	ids  []string          // as in the list, sorted
	byID map[string]string // by SHA-256 in hexadecimal, and by the other ids in the list
	text map[string]bool
}

// ReadDocuments reads a JSON object of documents by id. An id of 64 hexadecimal digits, with or
// without the prefix "sha256:", must be the SHA-256 of its document; the owner may choose any other
// id. The error names every line that is wrong.
func ReadDocuments(name string, r io.Reader) (*Documents, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	d := &Documents{byID: map[string]string{}, text: map[string]bool{}}
	dr := &documentReader{name: name, src: text, dec: json.NewDecoder(bytes.NewReader(text)), to: d}
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
		d.byID[hashOf(d.byID[id])] = d.byID[id]
	}
	return d, nil
}

// documentReader reads a file of documents and collects its faults.
type documentReader struct {
	name   string
	src    []byte
	dec    *json.Decoder // reads src
	to     *Documents
	faults graph.Problems
}

// fault records a fault at the line that the decoder has reached.
func (r *documentReader) fault(format string, a ...any) {
	read := r.src[:min(r.dec.InputOffset(), int64(len(r.src)))]
	at := graph.Position{File: r.name, Line: 1 + bytes.Count(read, []byte("\n"))}
	r.faults = append(r.faults, graph.Problem{Position: at, Code: graph.BadInput, Message: fmt.Sprintf(format, a...)})
}

// object reads the whole file. An error means that the file is malformed, so that nothing more can
// be read.
func (r *documentReader) object() error {
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
		r.document(strings.TrimPrefix(key.(string), hashPrefix), raw) // in an object, every other token is a key
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
func (r *documentReader) document(id string, raw json.RawMessage) {
	var doc string
	if raw[0] != '"' || json.Unmarshal(raw, &doc) != nil {
		r.fault("%s: the document must be a string, not %s", id, kindOf(raw))
		return
	}
	switch _, twice := r.to.byID[id]; {
	case twice:
		r.fault("%s is given twice", id)
	case !isID(id):
		r.fault("%q is not an id; use the SHA-256 of the document, or letters, digits and -._~", id)
	case isHash(id) && id != hashOf(doc):
		r.fault("%s is not the SHA-256 of its document, which is %s", id, hashOf(doc))
	default:
		r.to.byID[id], r.to.text[doc] = doc, true
	}
}

// Check calls check for every document and returns all errors, with the ids of their documents.
func (d *Documents) Check(check func(document string) error) error {
	var errs []error
	for _, id := range d.ids {
		if err := check(d.byID[id]); err != nil {
			errs = append(errs, fmt.Errorf("document %s: %w", id, err))
		}
	}
	return errors.Join(errs...)
}

const hashPrefix = "sha256:"

func hashOf(document string) string {
	sum := sha256.Sum256([]byte(document))
	return hex.EncodeToString(sum[:])
}

func isHash(s string) bool {
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

// persisted finds the documents of requests that name a document instead of sending it. It has the
// trusted list, and a cache of documents that clients sent with their hashes (automatic persisted
// queries). The cache has the most recently used documents, up to a number of bytes.
type persisted struct {
	trusted *Documents // nil if there is no list
	only    bool       // refuses documents that are not trusted
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

func newPersisted(trusted *Documents, only bool, limit int) *persisted {
	if only {
		limit = 0 // documents that clients register must not become trusted
	}
	return &persisted{trusted: trusted, only: only, limit: limit, kept: map[string]*list.Element{}}
}

func (p *persisted) get(id string) (string, bool) {
	if p.trusted != nil {
		if doc, ok := p.trusted.byID[id]; ok {
			p.count(true)
			return doc, true
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	e := p.kept[id]
	if e == nil {
		p.misses++
		return "", false
	}
	p.hits++
	p.recent.MoveToFront(e)
	return e.Value.(keptDocument).text, true
}

func (p *persisted) count(hit bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if hit {
		p.hits++
	} else {
		p.misses++
	}
}

// keep adds a document, whose hash has been checked, to the cache.
func (p *persisted) keep(hash, text string) {
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

func (p *persisted) stats() (documents, bytes int, hits, misses int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.kept), p.bytes, p.hits, p.misses
}

// reference is how a request names its document: by hash, or by an id of the trusted list.
type reference struct {
	id string // "" if the request names none
	// apollo is true if the reference came as extensions.persistedQuery and not as documentId.
	apollo bool
}

// document returns the document of a request that has a text, a reference or both.
func (p *persisted) document(text string, given bool, ref reference) (string, *requestError) {
	if given {
		if isHash(ref.id) && hashOf(text) != ref.id {
			return "", badRequest("the hash %s is not the SHA-256 of the document that came with it", ref.id)
		}
		if p.only && !p.trusted.text[text] {
			return "", &requestError{status: http.StatusForbidden, soft: true, code: codes.DocumentNotTrusted,
				message: "the service answers only the documents of its trusted list, and this is not one of them: ask its owner to add it to --documents"}
		}
		if isHash(ref.id) {
			p.keep(ref.id, text)
		}
		return text, nil
	}
	if text, ok := p.get(ref.id); ok {
		return text, nil
	}
	missing := &requestError{status: http.StatusUnprocessableEntity, soft: true, code: codes.PersistedQueryNotFound}
	switch {
	case ref.apollo && p.limit == 0 && p.trusted == nil:
		missing.code, missing.message = codes.PersistedQueryNotSupported, "PersistedQueryNotSupported"
	case ref.apollo:
		missing.message = "PersistedQueryNotFound"
	case p.limit == 0 || !isHash(ref.id):
		missing.message = fmt.Sprintf("there is no document %.100q in the list of trusted documents", ref.id)
	default:
		missing.message = fmt.Sprintf("no document with the SHA-256 %s is known here: send it in full as query, with the same documentId", ref.id)
	}
	return "", missing
}
