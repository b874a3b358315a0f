package filter_test

import (
	"errors"
	"reflect"
	"testing"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/filter"
)

var cursors = map[string]filter.Cursor{
	"a node":         {ID: "KAZ"},
	"a tie":          {ID: "KAZ", Tie: "GAS\x00"},
	"a claim":        {ID: "KAZ", Claim: graph.ClaimID{1, 2, 3}},
	"a missing key":  {ID: "KAZ", Keys: []graph.Value{{}}},
	"an empty text":  {ID: "KAZ", Keys: []graph.Value{graph.StringValue("")}},
	"several keys":   {ID: "KAZ", Keys: []graph.Value{graph.IntValue(-7), graph.BoolValue(true), graph.FloatValue(0.1), graph.StringValue("Қазақстан")}},
	"a quantity":     {ID: "KAZ", Keys: []graph.Value{graph.QuantityValue(9.5, "USD")}},
	"an entity":      {ID: "KAZ", Keys: []graph.Value{graph.EntityValue("astana")}},
	"a date":         {ID: "KAZ", Keys: []graph.Value{graph.DateValue(graph.OpenDate), graph.DateValue(graph.OpenStart)}},
	"all of a place": {ID: "KAZ", Keys: []graph.Value{graph.EnumOf("GAS")}, Tie: "x", Claim: graph.ClaimID{9}},
}

// TestCursor checks that a cursor reads as it was written, and only in an order of as many keys.
func TestCursor(t *testing.T) {
	for name, c := range cursors {
		got, err := filter.ParseCursor(c.String(), len(c.Keys))
		if err != nil || !reflect.DeepEqual(got, c) {
			t.Errorf("%s: %+v, %v; want %+v", name, got, err, c)
		}
		if _, err := filter.ParseCursor(c.String(), len(c.Keys)+1); !errors.Is(err, filter.ErrCursor) {
			t.Errorf("%s, in an order of another key: %v", name, err)
		}
	}
}

// FuzzParseCursor: a text that is read as a cursor is written as one that means the same.
func FuzzParseCursor(f *testing.F) {
	for _, c := range cursors {
		f.Add(c.String(), len(c.Keys))
	}
	for _, text := range []string{"", "x", "bnVsbA", "e30", "eyJpIjoiYSIsImMiOiJ4In0", "eyJpIjoiYSIsImsiOltbIkRhdGUiLCIyMDIwLTEzIl1dfQ"} {
		f.Add(text, 0)
		f.Add(text, 1)
	}
	f.Fuzz(func(t *testing.T, text string, keys int) {
		c, err := filter.ParseCursor(text, keys)
		if err != nil {
			if !errors.Is(err, filter.ErrCursor) {
				t.Fatal(err)
			}
			return
		}
		again, err := filter.ParseCursor(c.String(), keys)
		if err != nil || !reflect.DeepEqual(again, c) {
			t.Fatalf("%q is %+v, and %+v when written again, %v", text, c, again, err)
		}
	})
}
