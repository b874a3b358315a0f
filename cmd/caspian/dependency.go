package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"strconv"
	"strings"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/console"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/settings"
	"github.com/caspian-kg/caspian/graph"
)

var dependencyCommand = &command{
	name: "dependency", short: "measure on which partners a country's trade in a resource depends", args: "COUNTRY RESOURCE",
	about: `Computes the share of each partner in a country's imports (or exports) of a resource
from the claims, as an interval: from what the claims state for it to what the shares
of the others leave. What no claim covers is the unknown part, and never 0. Figures
that disagree are shown side by side; those that count something else are listed
separately. COUNTRY and RESOURCE are ids, or names that only one entity has.`,
	examples: `  caspian dependency JPN rare-earths --year 2018
  caspian dependency Japan "Rare earths" --as-of 2025-12-21
  caspian dependency KAZ uranium --direction export --json`,
	setup: func(s *settings.Set) func(context.Context, *environment, []string) error {
		direction := s.Choice("direction", "import", "direction of the trade", "import", "export")
		year := s.Text("year", "YEAR", "", "year of the figures; the latest in view by default")
		scope := s.Text("scope", "TEXT", "", "only figures of this scope")
		measure := s.Text("measure", "TEXT", "", "only figures of this measure")
		q := newQuestion(s, "dependency", "dependency")
		return func(ctx context.Context, e *environment, args []string) error {
			ids := q.positional(args, []string{"COUNTRY", "RESOURCE"})
			q.labels["of"] = "COUNTRY"
			q.entity("COUNTRY", &ids[0], "Country")
			q.entity("RESOURCE", &ids[1], "Resource")
			view := q.view()
			variables := map[string]any{"direction": *direction, "view": view}
			if *year != "" {
				n, err := strconv.Atoi(*year)
				if err != nil {
					s.Fault("--year: %q is not a year", *year)
				}
				variables["year"] = n
			}
			for name, value := range map[string]*string{"scope": scope, "measure": measure} {
				if s.Given(name) {
					variables[name] = *value
				}
			}
			return q.run(ctx, e, func(a *asker) (json.RawMessage, error) {
				variables["of"], variables["resource"] = ids[0], ids[1]
				return a.once(ctx, dependencyDocument, variables)
			}, func(out *strings.Builder, answer json.RawMessage) error {
				return writeDependency(out, answer, q.call(ids[0]), q.call(ids[1]), strings.ToLower(*direction)+"s")
			})
		}
	},
}

const dependencyDocument = `query Dependency($of: ID!, $resource: ID!, $direction: TradeDirection, $year: Int, $scope: String, $measure: String, $view: View) {
  dependency(of: $of, resource: $resource, direction: $direction, year: $year, scope: $scope, measure: $measure, view: $view) {
    year
    basis { ...Figures }
    partners {
      partner { id type name } share { low high } stated { low high }
      through { entity { id type name } stated { low high } claims { ...ClaimRow } }
      claims { ...ClaimRow }
    }
    unknown { low high } hhi { low high }
    conflicts { ...ClaimRow }
    others { ...Figures }
    weakest { ...ClaimRow }
  }
}
fragment Figures on TradeFigures { relation resource { id type name } scope measure planned claims { ...ClaimRow } }` + claimFragment

// interval is the least and the most that a number can be.
type interval struct{ Low, High float64 }

// percent writes an interval of shares.
func (x *interval) percent() string {
	switch {
	case x == nil:
		return "not stated"
	case x.Low == x.High:
		return graph.FormatNumber(100*x.Low, 4) + " %"
	}
	return graph.FormatNumber(100*x.Low, 4) + " to " + graph.FormatNumber(100*x.High, 4) + " %"
}

type tradeFigures struct {
	Relation       string
	Resource       named
	Scope, Measure *string
	Planned        bool
	Claims         []claimRow
}

// text says what the figures count.
func (f *tradeFigures) text() string {
	text := f.Resource.Name
	for _, part := range []*string{f.Scope, f.Measure} {
		if part != nil {
			text += ", " + *part
		}
	}
	if f.Planned {
		text += ", planned"
	}
	return text
}

type foundDependency struct {
	Year     *int
	Basis    *tradeFigures
	Partners []struct {
		Partner       named
		Share, Stated *interval
		Through       []struct {
			Entity named
			Stated *interval
		}
		Claims []claimRow
	}
	Unknown, HHI interval
	Conflicts    []claimRow
	Others       []tradeFigures
	Weakest      *claimRow
}

func writeDependency(out *strings.Builder, answer json.RawMessage, country, resource, trade string) error {
	var d foundDependency
	if err := json.Unmarshal(answer, &d); err != nil {
		return err
	}
	if d.Basis != nil {
		resource = d.Basis.text()
	}
	what := fmt.Sprintf("%s, %s of %s", country, trade, resource)
	if d.Year != nil {
		what += fmt.Sprintf(", %d", *d.Year)
	}
	other := "any other"
	if d.Basis == nil {
		other = "any partner"
		fmt.Fprintf(out, "%s: no claim in view states a share, so that all of it is unknown.\n", what)
		if d.Year != nil {
			fmt.Fprintln(out, "Without --year it is the latest year with figures in view.")
		}
		fmt.Fprintln(out)
	} else {
		fmt.Fprintf(out, "%s\n\n", what)
	}
	t := console.NewTable("", "PARTNER", "SHARE", "STATED", "CLAIMS", "THROUGH")
	for i := range d.Partners {
		p := &d.Partners[i]
		var through []string
		for _, x := range p.Through {
			through = append(through, x.Entity.Name+" "+x.Stated.percent())
		}
		t.Row(p.Partner.Name, p.Share.percent(), p.Stated.percent(), strconv.Itoa(len(p.Claims)), strings.Join(through, ", "))
	}
	if d.Unknown.High > 0 {
		// A partner that no claim names may have between nothing and all of the unknown part.
		t.Row(other, (&interval{High: d.Unknown.High}).percent())
	}
	t.Row("unknown remainder", d.Unknown.percent())
	t.Write(out)
	fmt.Fprintf(out, "\nConcentration (HHI, 0 to 1): %s to %s\n", graph.FormatNumber(d.HHI.Low, 3), graph.FormatNumber(d.HHI.High, 3))
	writeWeakest(out, "", d.Weakest)
	d.writeFigures(out)
	return nil
}

// writeFigures writes the claims that the shares come from, then the other figures, and
// marks those that disagree.
func (d *foundDependency) writeFigures(out *strings.Builder) {
	open := map[string]*claimRow{} // conflicting claims that are not written yet
	for i := range d.Conflicts {
		open[d.Conflicts[i].ID] = &d.Conflicts[i]
	}
	disagree := maps.Clone(open)
	add := func(t *console.Table, c *claimRow, own ...string) {
		mark := ""
		if disagree[c.ID] != nil {
			mark = "disagrees"
		}
		delete(open, c.ID)
		t.Row(append(append(own, c.cells()...), mark)...)
	}
	head := append(claimColumns[:len(claimColumns):len(claimColumns)], " ")
	if d.Basis != nil {
		fmt.Fprintln(out, "\nThe figures:")
		t := console.NewTable("   ", head...)
		for i := range d.Basis.Claims {
			add(t, &d.Basis.Claims[i])
		}
		t.Write(out)
	}
	if len(d.Others) > 0 {
		fmt.Fprintln(out, "\nFigures that count something else, not mixed in:")
		t := console.NewTable("   ", append([]string{"COUNTING"}, head...)...)
		for i := range d.Others {
			f := &d.Others[i]
			for j := range f.Claims {
				add(t, &f.Claims[j], f.text())
			}
		}
		t.Write(out)
	}
	if len(open) == 0 {
		return
	}
	fmt.Fprintln(out, "\nMore figures that disagree with them:")
	t := console.NewTable("   ", claimColumns...)
	for i := range d.Conflicts {
		if open[d.Conflicts[i].ID] != nil {
			t.Row(d.Conflicts[i].cells()...)
		}
	}
	t.Write(out)
}
