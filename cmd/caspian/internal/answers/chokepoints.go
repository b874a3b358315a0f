package answers

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/console"
	"github.com/caspian-kg/caspian/graph/figures"
)

// ChokepointsDocument requests the sets without which there is no route.
const ChokepointsDocument = `query Chokepoints($from: ID!, $to: ID!, $avoid: [ID!], $closing: [ID!], $kinds: [ChokepointKind!], $modes: [Mode!], $cargo: ID,
  $statuses: [Status!], $network: RouteNetwork, $weight: ChokepointWeight, $unit: String, $first: Int, $view: View) {
  chokepoints(from: $from, to: $to, avoid: $avoid, closing: $closing, kinds: $kinds, modes: $modes, cargo: $cargo, statuses: $statuses,
    network: $network, weight: $weight, unit: $unit, first: $first, view: $view) {
    kind cut { id type name } removes pairs lost { from { id type name } to { id type name } } partial
    capacity { low high stated unit unstated { id type name } claims { ...ClaimRow } }
  }
}` + claimFragment

type foundChokepoint struct {
	Kind           string
	Cut            []Named
	Removes, Pairs int
	Lost           []struct{ From, To Named }
	Partial        bool
	Capacity       *struct {
		Low, Stated float64
		High        *float64
		Unit        string
		Unstated    []Named
	}
}

// WriteChokepoints writes the sets and returns their number. If closing is set, it also names pairs that lose
// their last route.
func WriteChokepoints(out *strings.Builder, answer json.RawMessage, closing bool) (int, error) {
	var found []foundChokepoint
	if err := json.Unmarshal(answer, &found); err != nil {
		return 0, err
	}
	if len(found) == 0 {
		fmt.Fprintln(out, "No small set closes every route, or there is no route to close: 'caspian routes' shows which.")
		return 0, nil
	}
	t := console.NewTable("", "KIND", "WITHOUT", "IDS", "PAIRS THAT LOSE THEIR LAST ROUTE", "CAPACITY", "AMONG THEM")
	for i := range found {
		x := &found[i]
		ids := make([]string, len(x.Cut))
		for i, n := range x.Cut {
			ids[i] = n.ID
		}
		among := ""
		if closing {
			among = x.pairs()
		}
		t.Row(x.Kind, together(x.Cut), strings.Join(ids, ","), fmt.Sprintf("%d of %d", x.Removes, x.Pairs), x.capacity(), among)
	}
	t.Write(out)
	if found[0].Partial {
		fmt.Fprintln(out, "The search ended at its limit of work: there may be more. --kinds narrows it.")
	}
	return len(found), nil
}

// capacity returns how much can pass, or "" if no claim states any capacity.
func (x *foundChokepoint) capacity() string {
	c := x.Capacity
	switch {
	case c == nil:
		return ""
	case c.High == nil && c.Stated == 0:
		return "not stated"
	case c.High == nil && len(c.Unstated) == 0:
		return fmt.Sprintf("at least %s %s", figures.Number(c.Low, 4), c.Unit)
	case c.High == nil:
		return fmt.Sprintf("at least %s %s, not stated for %s", figures.Number(c.Low, 4), c.Unit, names(c.Unstated, ", "))
	case c.Low == *c.High:
		return figures.Number(c.Low, 4) + " " + c.Unit
	}
	return fmt.Sprintf("%s to %s %s", figures.Number(c.Low, 4), figures.Number(*c.High, 4), c.Unit)
}

// pairs names a few of the pairs that lose their last route.
func (x *foundChokepoint) pairs() string {
	const few = 3
	var list []string
	for _, p := range x.Lost[:min(few, len(x.Lost))] {
		list = append(list, p.From.Name+" – "+p.To.Name)
	}
	text := strings.Join(list, ", ")
	if x.Removes > few {
		text += fmt.Sprintf(" and %d more", x.Removes-few)
	}
	return text
}
