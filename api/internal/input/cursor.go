package input

import (
	"encoding/base64"
	"encoding/json"

	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
)

// WriteCursor makes a cursor of the words that identify an item in an order.
func WriteCursor(words ...string) string {
	b, err := json.Marshal(words)
	if err != nil {
		panic(err) // texts only
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// ReadCursor reads the n words of a cursor.
func ReadCursor(cursor string, n int) ([]string, error) {
	var words []string
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || json.Unmarshal(b, &words) != nil || len(words) != n {
		return nil, ForeignCursor()
	}
	return words, nil
}

// ForeignCursor returns the error of a cursor of another list.
func ForeignCursor() error {
	return &gql.ArgumentError{Argument: "after", Err: graph.Errorf(graph.BadInput,
		"after: the cursor is not one of this list; give a cursor or endCursor of the same field")}
}
