package server

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/caspian-kg/caspian/schema"
	"github.com/caspian-kg/caspian/server/internal/words"
)

// pageWords has the words of an ontology for the pages. It is immutable.
type pageWords struct {
	of      *schema.Ontology
	text    []byte
	version string // the version of the text
}

// ontologyWords serves the words of the graph's ontology. A browser may cache them without limit if the address
// contains their version.
func (s *Server) ontologyWords(w http.ResponseWriter, r *http.Request, b *Backend) {
	known := s.wordsOf(b)
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("Content-Type", jsonType)
	h.Set("ETag", fmt.Sprintf("%q", known.version))
	h.Set("Cache-Control", "no-cache")
	if r.URL.Query().Get("v") == known.version {
		h.Set("Cache-Control", "max-age=31536000, immutable")
	}
	if r.Header.Get("If-None-Match") != "" {
		http.ServeContent(w, r, "ontology.json", time.Time{}, bytes.NewReader(known.text))
		return
	}
	s.send(w, r, http.StatusOK, known.text)
}

func (s *Server) wordsOf(b *Backend) *pageWords {
	o := b.Graph.Ontology()
	if known := s.words.Load(); known != nil && known.of == o {
		return known
	}
	text, err := json.Marshal(words.Of(o))
	if err != nil {
		panic(err) // cannot fail: they are only strings and maps of strings
	}
	known := &pageWords{of: o, text: text, version: fmt.Sprintf("%.8x", sha256.Sum256(text))}
	s.words.Store(known)
	return known
}
