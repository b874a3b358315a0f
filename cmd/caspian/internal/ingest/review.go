package ingest

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
	"github.com/caspian-kg/caspian/graph/match"
)

// Review finds the entities that texts in tables name, and has the decisions of a person about uncertain texts.
// It is safe for concurrent use.
type Review struct {
	// Find returns the candidates for a text.
	Find func(ctx context.Context, q match.Question) ([]match.Candidate, error)
	// Threshold is the score from which a candidate needs no decision of a person.
	Threshold int

	mu    sync.Mutex // guards the fields below
	asked map[asked]*answer
	order []*answer // the texts that need a decision, in order of occurrence
}

// asked identifies the subject of one decision.
type asked struct{ text, types, in string }

// answer has what is known about one text.
type answer struct {
	asked
	decision   string // an id, or none; "" if nothing is decided
	id         graph.ID
	candidates []match.Candidate
	shown      string // the candidates in the form of the file
	at         string // where the text first occurs
	sought     bool
}

// none is the decision that a text names no entity.
const none = "-"

// reviewHead has the names of the columns of a review file.
var reviewHead = []string{"text", "types", "in", "decision", "candidates", "where"}

// NewReview returns a review without decisions.
func NewReview() *Review { return &Review{Threshold: match.Threshold, asked: map[asked]*answer{}} }

// ReadReview reads the decisions in a review file. A file that does not exist, or whose name is empty, has no decisions.
func ReadReview(file string) (*Review, error) {
	if file == "" {
		return NewReview(), nil
	}
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return NewReview(), nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close() // an error of closing does not change what was read
	return DecodeReview(file, f)
}

// DecodeReview reads decisions. name is for messages.
func DecodeReview(name string, from io.Reader) (*Review, error) {
	r := NewReview()
	rows, err := csv.NewReader(from).ReadAll()
	if err != nil {
		return nil, graph.Errorf(graph.BadInput, "%s is not a review file: %v", name, err)
	}
	if len(rows) == 0 || !slices.Equal(rows[0], reviewHead) {
		return nil, graph.Errorf(graph.BadInput, "%s is not a review file: its columns are %s", name, strings.Join(reviewHead, ", "))
	}
	for i, row := range rows[1:] {
		a := &answer{asked: asked{row[0], row[1], row[2]}, decision: strings.TrimSpace(row[3]), shown: row[4], at: row[5]}
		if a.decision != "" && a.decision != none {
			if err := graph.CheckID(graph.ID(a.decision)); err != nil {
				return nil, graph.Errorf(graph.BadInput, "%s: row %d: the decision is an id, or %s for none: %v", name, i+1, none, err)
			}
			a.id = graph.ID(a.decision)
		}
		r.asked[a.asked], r.order = a, append(r.order, a)
	}
	return r, nil
}

// Named implements codec.Find.
func (r *Review) Named(ctx context.Context, n codec.Named) (graph.ID, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	key := asked{n.Text, strings.Join(n.Types, " "), string(n.In)}
	a := r.asked[key]
	if a == nil {
		a = &answer{asked: key}
		r.asked[key] = a
	}
	if a.decision != "" {
		return a.id, nil
	}
	if !a.sought {
		var err error
		if a.candidates, err = r.Find(ctx, match.Question{Text: n.Text, Types: n.Types, In: n.In}); err != nil {
			return "", err
		}
		a.sought = true
		a.id, _ = match.Sure(a.candidates, r.Threshold)
	}
	if a.id != "" {
		return a.id, nil
	}
	what := strings.Join(n.Types, " or ")
	if n.Optional && (len(a.candidates) == 0 || a.candidates[0].Score < match.Doubtful) {
		return "", &codec.Unknown{Message: fmt.Sprintf("no %s is named %q", what, graph.Clip(n.Text))}
	}
	if a.shown = join(a.candidates); a.at == "" {
		a.at = n.At.String()
		r.order = append(r.order, a)
	}
	if len(a.candidates) == 0 {
		return "", &codec.Unknown{Message: fmt.Sprintf("no %s is named %q; decide in a review file what it means (--review)", what, graph.Clip(n.Text))}
	}
	return "", graph.Errorf(graph.UnknownID, "it is not sure which %s %q is; decide in a review file (--review): %s", what, graph.Clip(n.Text), join(a.candidates[:min(3, len(a.candidates))]))
}

func join(list []match.Candidate) string {
	texts := make([]string, len(list))
	for i, c := range list {
		texts[i] = c.String()
	}
	return strings.Join(texts, "; ")
}

// Text returns the decisions and the open questions as a review file, and the number of open questions. The text is empty if
// there are none of either.
func (r *Review) Text() (text string, open int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, a := range r.order {
		if a.decision == "" && a.id == "" {
			open++
		}
	}
	if len(r.order) == 0 {
		return "", 0
	}
	var b strings.Builder
	w := csv.NewWriter(&b)
	_ = w.Write(reviewHead) // a strings.Builder cannot fail
	for _, a := range r.order {
		if a.decision != "" || a.id == "" {
			_ = w.Write([]string{a.text, a.types, a.in, a.decision, a.shown, a.at})
		}
	}
	w.Flush()
	return b.String(), open
}
