package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
)

var routesCommand = &command{
	name: "routes", short: "find routes that keep to constraints", args: "FROM TO",
	about: `Asks a running service (--url), or a store that no service runs on (--store),
for the best routes from one place to another: a country, a city, a region, an
organisation or a transport node, by id. Where none is left, it tells what bars
the way. Each leg is shown with its status at the view's date; --json has the
claims behind it too.`,
	examples: `  caspian routes KAZ eu --avoid RUS,IRN
  caspian routes KAZ eu --avoid RUS --network borders --rank borders
  caspian routes almaty istanbul --via AZE --rank distance --first 1
  caspian routes KAZ TUR --avoid RUS,IRN --as-of 2016-06-01 --json`,
	setup: func(s *settings) func(context.Context, *environment, []string) error {
		url := s.serviceURL()
		dir := s.text("store", "DIR", "", "ask this store instead of a service")
		ontology := s.ontologyFile()
		token := s.text("token", "TOKEN", "", "bearer token")
		avoid := s.many("avoid", "IDS", "countries, waters, nodes, segments, corridors, regions or organisations to avoid")
		via := s.many("via", "IDS", "what to pass, in this order")
		modes := s.many("modes", "MODES", "only these, such as RAIL,FERRY; all but PIPELINE and TANKER otherwise")
		network := s.text("network", "NAME", "transport", "transport or borders")
		rank := s.text("rank", "NAME", "legs", "legs, distance, borders or certainty")
		first := s.number("first", 3, 1, "how many routes")
		most := s.text("max-borders", "N", "", "at most so many changes of country")
		asOf := s.text("as-of", "DATE", "", "date of the view, such as 2016-06-01")
		sources := s.many("sources", "IDS", "only what these sources say")
		least := s.text("min-confidence", "X", "", "only claims of at least this confidence, from 0 to 1")
		asJSON := s.jsonOutput()
		return func(ctx context.Context, e *environment, args []string) error {
			if len(args) != 2 {
				s.fault("two places are needed, FROM and TO, but there are %d", len(args))
			}
			borders, err := strconv.Atoi(*most)
			if err != nil && *most != "" {
				s.fault("--max-borders: %q is no whole number", *most)
			}
			view := map[string]any{}
			if *asOf != "" {
				if err := parseDate(*asOf); err != nil {
					s.fault("--as-of: %v", err)
				}
				view["asOf"] = *asOf
			}
			if *least != "" {
				x, err := strconv.ParseFloat(*least, 64)
				if err != nil {
					s.fault("--min-confidence: %q is no number", *least)
				}
				view["minConfidence"] = x
			}
			if s.find("sources").given {
				view["sources"] = *sources
			}
			where := s.either("store", "url")
			if err := s.err(); err != nil {
				return err
			}
			variables := map[string]any{"from": args[0], "to": args[1], "network": strings.ToUpper(*network),
				"rank": strings.ToUpper(*rank), "first": *first, "avoid": *avoid, "via": *via, "view": view}
			if len(*modes) > 0 {
				for i := range *modes {
					(*modes)[i] = strings.ToUpper((*modes)[i])
				}
				variables["modes"] = *modes
			}
			if *most != "" {
				variables["most"] = borders
			}
			raw, err := json.Marshal(variables)
			if err != nil {
				return err
			}
			var body []byte
			if where == "store" {
				body, err = askStore(ctx, *dir, *ontology, routesDocument, raw)
			} else {
				body, err = askService(ctx, *url, *token, routesDocument, raw)
			}
			if err != nil {
				return err
			}
			return printRoutes(e, body, *asJSON)
		}
	},
}

const routesDocument = `query Routes($from: ID!, $to: ID!, $avoid: [ID!], $via: [ID!], $modes: [Mode!], $network: RouteNetwork,
  $rank: RouteRank, $first: Int, $most: Int, $view: View) {
  routes(from: $from, to: $to, avoid: $avoid, via: $via, modes: $modes, network: $network, rank: $rank, first: $first,
    maxBorders: $most, view: $view) {
    routes { ...Way }
    blocked { release { id type name } opens { ...Way } }
    nearest { barredBy { id name } left leg { from { id name } to { id name } mode status segment { id } } }
    partial note
  }
}
fragment Way on Route {
  nodes { id name } countries { id name } waters { id name } borders distanceKm distanceKnown estimatedKm avoidance certainty
  weakest { ...Said }
  legs {
    from { id name } to { id name } mode segment { id } transits { id name } transitsComplete status distanceKm estimatedKm
    claims { ...Said }
  }
}
fragment Said on Claim {
  id subject { id } predicate value object { id } source { id name } locator confidence holds
}`

// named is an entity as the command prints it.
type named struct{ ID, Type, Name string }

type foundRoute struct {
	Nodes, Countries, Waters []named
	Borders                  int
	DistanceKm               *float64
	EstimatedKm              float64
	Avoidance                string
	Certainty                float64
	Weakest                  *struct {
		Subject    named
		Predicate  string
		Value      *string
		Object     *named
		Source     named
		Locator    *string
		Confidence float64
	}
	Legs []foundLeg
}

type foundLeg struct {
	From, To         named
	Mode, Status     string
	Segment          *named
	Transits         []named
	TransitsComplete bool
	DistanceKm       *float64
}

// printRoutes writes the answer: JSON, or tables for a person.
func printRoutes(e *environment, body []byte, asJSON bool) error {
	var answer struct {
		Data *struct {
			Routes json.RawMessage
		}
		Errors []struct{ Message string }
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return fmt.Errorf("the answer is no JSON: %w", err)
	}
	if len(answer.Errors) > 0 || answer.Data == nil {
		for _, x := range answer.Errors {
			e.say("caspian routes: %s", x.Message)
		}
		return errTold
	}
	if asJSON {
		return printJSON(e.out, answer.Data.Routes)
	}
	var found struct {
		Routes  []foundRoute
		Blocked []struct {
			Release []named
			Opens   *foundRoute
		}
		Nearest []struct {
			BarredBy []named
			Left     int
			Leg      foundLeg
		}
		Partial bool
		Note    *string
	}
	if err := json.Unmarshal(answer.Data.Routes, &found); err != nil {
		return err
	}
	var out strings.Builder
	for i := range found.Routes {
		fmt.Fprintf(&out, "%d. ", i+1)
		writeRoute(&out, &found.Routes[i])
		out.WriteByte('\n')
	}
	if found.Note != nil {
		fmt.Fprintf(&out, "No route: %s.\n", *found.Note)
	}
	for _, b := range found.Blocked {
		fmt.Fprintf(&out, "\nWithout %s in the way: ", names(b.Release, " and "))
		if b.Opens != nil {
			writeRoute(&out, b.Opens)
		}
	}
	if len(found.Nearest) > 0 {
		fmt.Fprintln(&out, "\nThe legs that lead on, and what bars them:")
		t := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(t, "   FROM\tTO\tMODE\tSTATUS\tBARRED BY\tLEGS LEFT")
		for _, m := range found.Nearest {
			fmt.Fprintf(t, "   %s\t%s\t%s\t%s\t%s\t%d\n", m.Leg.From.Name, m.Leg.To.Name, m.Leg.Mode, m.Leg.Status, names(m.BarredBy, ", "), m.Left)
		}
		if err := t.Flush(); err != nil {
			return err
		}
	}
	if _, err := io.WriteString(e.out, out.String()); err != nil {
		return err
	}
	if found.Partial {
		e.say("caspian routes: the search was cut short; there may be more")
	}
	return nil
}

func printJSON(w io.Writer, raw json.RawMessage) error {
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		return err
	}
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	_, err = w.Write(append(text, '\n'))
	return err
}

func names(list []named, between string) string {
	out := make([]string, len(list))
	for i, n := range list {
		out[i] = n.Name
	}
	return strings.Join(out, between)
}

// writeRoute writes a line on a route, then a table of its legs.
func writeRoute(out io.Writer, r *foundRoute) {
	km := fmt.Sprintf("about %s km, not all stated", thousands(int(r.EstimatedKm+0.5)))
	if r.DistanceKm != nil {
		km = thousands(int(*r.DistanceKm+0.5)) + " km"
	}
	fmt.Fprintf(out, "%s, %s, %s; avoidance %s; certainty %.3g\n", count(len(r.Legs), "leg"), count(r.Borders, "border"), km, r.Avoidance, r.Certainty)
	fmt.Fprintf(out, "   through %s", names(r.Countries, ", "))
	if len(r.Waters) > 0 {
		fmt.Fprintf(out, "; over %s", names(r.Waters, ", "))
	}
	fmt.Fprintln(out)
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "   FROM\tTO\tMODE\tSTATUS\tKM\tTRANSITS\tSEGMENT")
	for _, l := range r.Legs {
		length, segment, all := "?", "", ""
		if l.DistanceKm != nil {
			length = thousands(int(*l.DistanceKm + 0.5))
		}
		if l.Segment != nil {
			segment = l.Segment.ID
		}
		if !l.TransitsComplete {
			all = " (not all stated)"
		}
		fmt.Fprintf(t, "   %s\t%s\t%s\t%s\t%s\t%s%s\t%s\n", l.From.Name, l.To.Name, l.Mode, l.Status, length, names(l.Transits, ", "), all, segment)
	}
	// The writer beneath is a strings.Builder, which takes everything.
	_ = t.Flush()
	if w := r.Weakest; w != nil {
		what := ""
		switch {
		case w.Object != nil:
			what = " " + w.Object.ID
		case w.Value != nil:
			what = " " + *w.Value
		}
		fmt.Fprintf(out, "   weakest claim: %s %s%s, confidence %.2f, %s\n", w.Subject.ID, w.Predicate, what, w.Confidence, w.Source.Name)
	}
}
