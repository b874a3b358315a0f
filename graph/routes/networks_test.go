package routes

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

// dump writes everything that a network knows, by ids, so that the numbers of its parts
// do not matter.
func (n *Network) dump() string {
	s := n.view.Snapshot()
	var b strings.Builder
	places := func(list []int32) (ids []graph.ID) {
		for _, p := range list {
			ids = append(ids, s.ID(n.places[p]))
		}
		return ids
	}
	name := func(i int32) string {
		if n.kind == Borders {
			l := n.legs[i]
			return fmt.Sprint(s.ID(n.nodes[l.from].entity), s.ID(n.nodes[l.to].entity), places(l.transits))
		}
		return string(s.ID(n.legs[i].segment))
	}
	for i, x := range n.nodes {
		country := "-"
		if x.country >= 0 {
			country = string(s.ID(n.places[x.country]))
		}
		fmt.Fprintln(&b, s.ID(x.entity), n.numbers[x.entity] == int32(i), country, x.claim, x.status, x.located, x.lat, x.lon)
		for _, a := range []*adjacency{&n.out, &n.in} {
			for _, arc := range a.at(int32(i)) {
				fmt.Fprint(&b, "  ", name(arc.step>>1), arc.step&1, s.ID(n.nodes[arc.node].entity), s.ID(n.nodes[n.reaches(arc.step)].entity))
			}
			fmt.Fprintln(&b)
		}
	}
	for i, l := range n.legs {
		k := n.keys[i]
		same := k == key{int32(l.estimate), uint16(l.borders), l.surety, l.bothSurety, l.mode, l.status} && (n.kind == Borders || n.bySeg[l.segment] == int32(i))
		fmt.Fprintln(&b, name(int32(i)), same, s.ID(n.nodes[l.from].entity), s.ID(n.nodes[l.to].entity), n.modes[l.mode], n.statuses[l.status],
			l.complete, l.both, l.km, l.estimate, l.borders, places(l.transits), l.passes, l.gauge, l.claims, l.bothClaim, l.surety, l.bothSurety)
	}
	var touched []string
	for p, legs := range n.touched {
		for _, i := range legs {
			touched = append(touched, fmt.Sprint(s.ID(n.places[p]), n.water[p], n.place[n.places[p]] == int32(p), name(i)))
		}
	}
	for e, legs := range n.passed {
		for _, i := range legs {
			touched = append(touched, fmt.Sprint(s.ID(e), name(i)))
		}
	}
	slices.Sort(touched)
	fmt.Fprintln(&b, len(n.numbers), len(n.bySeg), touched)
	return b.String()
}

// TestNetworksAfterWrites compares the networks that are carried from one
// snapshot to the next with those compiled again, for views of what is known
// now and of what was known earlier.
func TestNetworksAfterWrites(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		w.say("s2", "date", graph.DateValue(graph.DayDate(2024, 1, 1)))
		w.say("s1", "date", graph.DateValue(graph.DayDate(2020, 1, 1)))
		for _, relation := range []string{"transits", "littoralOf", "borders"} {
			if rare(t, relation, 3) {
				w.say("s2", "maintains", graph.StringValue(relation))
			}
		}
		w.say("BBB", "dissolved", graph.DateValue(graph.DayDate(2021, 1, 1)))
		commits := make([]graph.Commit, 5)
		for i := range w.facts {
			// Most of the world is in the first commit, so that later ones have something to
			// change.
			at := max(0, even(t, "commit", 8)-3)
			commits[at].Claims = append(commits[at].Claims, w.facts[i])
			if later := at + 1 + even(t, "withdrawn at", 16); later < len(commits) {
				w.facts[i].Normalise()
				commits[later].Retractions = append(commits[later].Retractions, graph.Retraction{Claim: w.facts[i].ID()})
			}
		}
		asked := []graph.View{{}, drawView(t), drawView(t)}
		asked[2].KnownAt = nil
		var networks Networks
		s := snapshot.Empty(w.o)
		for i := range commits {
			c := &commits[i]
			if i == 0 {
				c.Entities = w.list
			}
			c.Seq, c.At = graph.Seq(i+1), networkEpoch.Add(time.Duration(i)*30*time.Second)
			for j := range c.Claims {
				c.Claims[j].Normalise()
			}
			var err error
			if s, err = s.Apply(c); err != nil {
				t.Fatal(err)
			}
			for j, a := range asked {
				if rare(t, "not asked", 2) {
					continue
				}
				v := see(t, s, a)
				for _, kind := range []NetworkKind{Transport, Borders} {
					got, err := networks.Of(context.Background(), v, kind)
					if err != nil {
						t.Fatal(err)
					}
					if got.view.Snapshot() != s {
						t.Fatal("the network looks through an old view")
					}
					if a, b := got.dump(), compile(t, v, kind).dump(); a != b {
						t.Fatalf("after commit %d, view %d:\n%s\nwant\n%s", i+1, j, a, b)
					}
				}
			}
		}
	})
}

// TestNetworksAreKept checks what a write leaves unchanged.
func TestNetworksAreKept(t *testing.T) {
	w := line(t, []graph.ID{"AAA", "BBB", "CCC"}, "ab", "bc")
	w.entity("sea", "WaterBody")
	w.entity("s3", "Source")
	w.entity("d", "TransportNode")
	s := w.snapshot(t)
	var k Networks
	at := func() *Network {
		n, err := k.Of(t.Context(), see(t, s, graph.View{}), Transport)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	write := func(claims ...graph.Claim) {
		t.Helper()
		for i := range claims {
			claims[i].Confidence, claims[i].Locator = 1, fmt.Sprint(s.Seq(), i)
			if claims[i].Source == "" {
				claims[i].Source = "s1"
			}
		}
		next, err := s.Apply(&graph.Commit{Seq: s.Seq() + 1, At: networkEpoch.Add(time.Hour * time.Duration(s.Seq()+1)), Claims: claims})
		if err != nil {
			t.Fatal(err)
		}
		s = next
	}
	first := at()
	write(graph.Claim{Subject: "AAA", Predicate: "borders", Value: graph.EntityValue("BBB")},
		graph.Claim{Subject: "AAA", Predicate: "littoralOf", Value: graph.EntityValue("sea"), Source: "s2"},
		graph.Claim{Subject: "ab", Predicate: "name", Value: graph.StringValue("A to B")})
	if next := at(); &next.legs[0] != &first.legs[0] || next.view.Snapshot() != s {
		t.Error("a write that touches nothing of the network made another")
	}
	write(graph.Claim{Subject: "ab", Predicate: "status", Value: graph.EnumOf("CLOSED"), Valid: graph.Interval{From: graph.DayDate(2025, 1, 1)}})
	next := at()
	if &next.legs[0] == &first.legs[0] || &next.legs[1].claims[0] != &first.legs[1].claims[0] {
		t.Error("a leg was left as it was, or another was read again")
	}
	if first.statuses[first.legs[0].status] != "OPERATIONAL" {
		t.Error("the network of an earlier snapshot has changed")
	}
	write(graph.Claim{Subject: "d", Predicate: "country", Value: graph.EntityValue("AAA")})
	if len(at().nodes) != 4 {
		t.Error("a node that is mentioned now is missing")
	}
	for _, predicate := range []string{"date", "coversUntil"} {
		before := at()
		write(graph.Claim{Subject: "s1", Predicate: predicate, Value: graph.DateValue(graph.DayDate(2026, 1, 1))})
		if after := at(); &after.legs[1].claims[0] == &before.legs[1].claims[0] {
			t.Errorf("what depends on the %s of a source was not read again", predicate)
		}
	}
	write(graph.Claim{Subject: "AAA", Predicate: "dissolved", Value: graph.DateValue(graph.DayDate(2020, 1, 1))})
	if got, want := at().dump(), compile(t, at().view, Transport).dump(); got != want {
		t.Errorf("after the end of a country:\n%s\nwant\n%s", got, want)
	}
}
