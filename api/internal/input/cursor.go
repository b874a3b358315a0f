package input

import (
	"encoding/base64"
	"encoding/json"

	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
)

// WriteCursor encodes the words that identify an item in an order as a cursor.
func WriteCursor(words ...string) string {
	b, err := json.Marshal(words)
	if err != nil {
		panic(err) // cannot fail: words are texts
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// ReadCursor returns the n words of a cursor from WriteCursor.
func ReadCursor(cursor string, n int) ([]string, error) {
	var words []string
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || json.Unmarshal(b, &words) != nil || len(words) != n {
		return nil, ForeignCursor()
	}
	return words, nil
}

// ForeignCursor returns the error for a cursor from another list.
func ForeignCursor() error {
	return &gql.ArgumentError{Argument: "after", Err: graph.Errorf(graph.BadInput,
		"after: the cursor is not one of this list; give a cursor or endCursor of the same field")}
}
