package seeds_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/graph"
)

// TestFormerStates asks what became of states that ended.
func TestFormerStates(t *testing.T) {
	s := loadSeeds(t)
	v := s.view(t, "2020-06-30")
	for _, c := range []struct{ state, field, became string }{
		{"soviet-union", "successors", "ARM AZE BLR EST GEO KAZ KGZ LTU LVA MDA RUS TJK TKM UKR UZB"},
		{"yugoslavia", "successors", "BIH HRV MKD SVN"},
		{"yugoslavia", "incorporatedInto", "federal-republic-of-yugoslavia"},
		{"federal-republic-of-yugoslavia", "incorporatedInto", "serbia-and-montenegro"},
		{"serbia-and-montenegro", "successors", "MNE SRB"},
		{"czechoslovakia", "successors", "CZE SVK"},
		{"north-yemen", "successors", "YEM"},
		{"south-yemen", "successors", "YEM"},
		{"east-germany", "incorporatedInto", "DEU"},
		{"south-vietnam", "incorporatedInto", "VNM"},
		{"united-arab-republic", "incorporatedInto", "EGY SYR"},
	} {
		n, ok := s.snap.Number(graph.ID(c.state))
		if !ok {
			t.Errorf("the seeds have no %s", c.state)
			continue
		}
		var became []string
		for _, x := range targets(v, n, c.field) {
			became = append(became, string(x.ID))
		}
		slices.Sort(became)
		if got := strings.Join(became, " "); got != c.became {
			t.Errorf("%s of %s: %s, not %s", c.field, c.state, got, c.became)
		}
	}
}

// TestStatesExist asks which states existed on a date.
func TestStatesExist(t *testing.T) {
	s := loadSeeds(t)
	for _, c := range []struct{ date, are, areNot string }{
		{"1989-06-30", "soviet-union east-germany yugoslavia czechoslovakia north-yemen south-yemen POL", "KAZ RUS CZE SVK HRV YEM ERI SSD south-vietnam united-arab-republic"},
		{"1960-06-30", "united-arab-republic south-vietnam soviet-union", "KAZ serbia-and-montenegro south-yemen"},
		{"1995-06-30", "KAZ CZE HRV YEM ERI federal-republic-of-yugoslavia", "soviet-union yugoslavia east-germany SSD MNE"},
		{"2012-06-30", "SSD MNE SRB XKX", "serbia-and-montenegro"},
	} {
		for want, ids := range map[bool]string{true: c.are, false: c.areNot} {
			for _, id := range strings.Fields(ids) {
				n, ok := s.snap.Number(graph.ID(id))
				life := s.snap.LifetimeOf(n, func(uint32) bool { return true }).Possible
				if exists := life.First <= day(c.date) && day(c.date) <= life.Last; !ok || exists != want {
					t.Errorf("on %s, %s exists: %v", c.date, id, !want)
				}
			}
		}
	}
}
