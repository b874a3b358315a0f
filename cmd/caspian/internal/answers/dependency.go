package answers

import (
	"encoding/json"
	"fmt"
	"maps"
	"strconv"
	"strings"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/console"
	"github.com/caspian-kg/caspian/graph/figures"
)

// DependencyDocument requests the shares of partners in a trade.
const DependencyDocument = `query Dependency($of: ID!, $resource: ID, $direction: TradeDirection, $year: Int, $scope: String, $measure: String, $view: View) {
  dependency(of: $of, resource: $resource, direction: $direction, year: $year, scope: $scope, measure: $measure, view: $view) {
    year
    basis { ...Figures }
    partners {
      partner { id type name } report share { low high } stated { low high } computed { low high }
      through { entity { id type name } stated { low high } computed { low high } claims { ...ClaimRow } }
      claims { ...ClaimRow }
    }
    unknown { low high } hhi { low high }
    conflicts { ...ClaimRow }
    others { ...Figures }
    totals { ...ClaimRow }
    cutOff { id type name }
    weakest { ...ClaimRow }
  }
}
fragment Figures on TradeFigures { relation resource { id type name } scope measure planned report claims { ...ClaimRow } }` + claimFragment

// interval has the lowest and the highest possible value of a number.
type interval struct{ Low, High float64 }

// percent writes an interval of shares.
func (x *interval) percent() string {
	switch {
	case x == nil:
		return "not stated"
	case x.Low == x.High:
		return figures.Number(100*x.Low, 4) + " %"
	}
	return figures.Number(100*x.Low, 4) + " to " + figures.Number(100*x.High, 4) + " %"
}

type tradeFigures struct {
	Relation       string
	Resource       *Named
	Scope, Measure *string
	Planned        bool
	Report         string
	Claims         []claimRow
}

// text says what the figures count.
func (f *tradeFigures) text() string {
	text := "all goods"
	if f.Resource != nil {
		text = f.Resource.Name
	}
	for _, part := range []*string{f.Scope, f.Measure} {
		if part != nil {
			text += ", " + *part
		}
	}
	if f.Planned {
		text += ", planned"
	}
	if f.Report == "MIRROR" {
		text += ", reported by the partners"
	}
	return text
}

type foundDependency struct {
	Year     *int
	Basis    *tradeFigures
	Partners []struct {
		Partner                 Named
		Report                  string
		Share, Stated, Computed *interval
		Through                 []struct {
			Entity           Named
			Stated, Computed *interval
		}
		Claims []claimRow
	}
	Unknown, HHI interval
	Conflicts    []claimRow
	Others       []tradeFigures
	Totals       []claimRow
	CutOff       []Named
	Weakest      *claimRow
}

// WriteDependency writes the shares of the partners and the claims from which they are computed. country,
// resource ("" for all goods) and trade ("imports" or "exports") are for the first line.
func WriteDependency(out *strings.Builder, answer json.RawMessage, country, resource, trade string) error {
	var d foundDependency
	if err := json.Unmarshal(answer, &d); err != nil {
		return err
	}
	if d.Basis != nil {
		resource = d.Basis.text()
	} else if resource == "" {
		resource = "all goods"
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
	t := console.NewTable("", "PARTNER", "SHARE", "STATED", "CLAIMS", "REPORT", "THROUGH")
	for i := range d.Partners {
		p := &d.Partners[i]
		var through []string
		for _, x := range p.Through {
			through = append(through, x.Entity.Name+" "+statedOr(x.Stated, x.Computed))
		}
		report := ""
		if p.Report == "MIRROR" {
			report = p.Report
		}
		t.Row(p.Partner.Name, p.Share.percent(), statedOr(p.Stated, p.Computed), strconv.Itoa(len(p.Claims)), report, strings.Join(through, ", "))
	}
	if d.Unknown.High > 0 {
		// The share of a partner that no claim names may be anything from zero to the whole unknown part.
		t.Row(other, (&interval{High: d.Unknown.High}).percent())
	}
	t.Row("unknown remainder", d.Unknown.percent())
	t.Write(out)
	var partial []string
	for _, s := range d.CutOff {
		partial = append(partial, s.ID)
	}
	if len(partial) > 0 {
		fmt.Fprintf(out, "\nSources that list only some of the partners: %s\n", strings.Join(partial, ", "))
	}
	fmt.Fprintf(out, "\nConcentration (HHI, 0 to 1): %s to %s\n", figures.Number(d.HHI.Low, 3), figures.Number(d.HHI.High, 3))
	writeWeakest(out, "", d.Weakest)
	d.writeFigures(out)
	return nil
}

// statedOr writes the share that claims state, or else the share computed from amounts.
func statedOr(stated, computed *interval) string {
	if stated == nil && computed != nil {
		return computed.percent() + " computed"
	}
	return stated.percent()
}

// writeFigures writes the claims from which the shares are computed, then the other figures. It marks the
// figures that disagree.
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
	if len(d.Totals) > 0 {
		fmt.Fprintln(out, "\nThe totals that shares were computed from:")
		t := console.NewTable("   ", head...)
		for i := range d.Totals {
			add(t, &d.Totals[i])
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
