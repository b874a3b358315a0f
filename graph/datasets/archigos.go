package datasets

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
	"github.com/caspian-kg/caspian/graph/datasets/internal/facts"
)

// Archigos reads the data set Archigos by Goemans, Gleditsch and Chiozza: who governed each state in fact. The table
// has one line for each spell of a leader, with the first and the last day. It does not name the office. Each spell
// therefore becomes a claim about a position with the role EFFECTIVE_LEADER.
//
// The table has family names only. Two lines are about one person if state, name and year of birth are the same.
// names/archigos.csv divides a code that successively meant several states; the parts of a spell that it divides are
// inferred. A spell that reaches the last day of the table is observed until that day, and does not end there.
var Archigos = &codec.Format{
	Name:   "archigos",
	About:  "Archigos, the effective leaders of states since 1840, in one table",
	Decode: decodeArchigos,
}

// ArchigosSource is the source of all claims that Archigos emits.
const ArchigosSource graph.ID = "archigos-4-1"

// The constants name the columns of the table.
const (
	archigosSpell  = "obsid"
	archigosCode   = "idacr"
	archigosLeader = "leader"
	archigosStart  = "startdate"
	archigosEnd    = "enddate"
	archigosExit   = "exit"
	archigosBorn   = "yrborn"
)

// archigosUntil is the last day that version 4.1 covers.
const archigosUntil = "2015-12-31"

// archigosState is one row of names/archigos.csv.
type archigosState struct {
	id       graph.ID
	of       string
	from, to graph.Date // unknown if the file gives none
}

// archigosStates returns the states that each code means. It reads names/archigos.csv
// once.
var archigosStates = facts.Once(func() (map[string][]archigosState, error) {
	states := map[string][]archigosState{}
	return states, facts.ReadTable(tables, "names/archigos.csv", func(c []string) error {
		row, err := readArchigosState(c)
		states[c[0]] = append(states[c[0]], row)
		return err
	})
})

func readArchigosState(c []string) (row archigosState, err error) {
	row = archigosState{id: graph.ID(c[1]), of: c[2]}
	if c[3] != "" {
		if row.from, err = graph.ParseDate(c[3]); err != nil {
			return row, err
		}
	}
	if c[4] != "" {
		if row.to, err = graph.ParseDate(c[4]); err != nil {
			return row, err
		}
	}
	if row.of == "" && facts.KnownPlaces().ByID[row.id] == nil {
		return row, fmt.Errorf("%s is not in countries.csv, and has nothing to write after \"of\"", row.id)
	}
	return row, nil
}

// spell is one line of the table.
type spell struct {
	at                   graph.Position
	id, code, name, born string
	valid                graph.Interval
	states               []archigosState
}

type archigosTable struct {
	facts.Facts
	facts.Table
	places *facts.Places
	spells []*spell
}

func decodeArchigos(ctx context.Context, name string, r io.Reader, emit codec.Emit) error {
	t := &archigosTable{Facts: facts.New(emit), places: facts.KnownPlaces(), Table: facts.Table{Name: name, Give: "the table of Archigos"}}
	columns := []string{archigosSpell, archigosCode, archigosLeader, archigosStart, archigosEnd, archigosExit, archigosBorn}
	if err := t.Each(ctx, r, columns, t.row); err != nil {
		return err
	}
	slices.SortStableFunc(t.spells, func(a, b *spell) int {
		return cmp.Or(cmp.Compare(a.states[0].id, b.states[0].id), cmp.Compare(a.valid.From.First(), b.valid.From.First()))
	})
	t.describe()
	people := t.people()
	for _, s := range t.spells {
		t.spell(s, people[personKey(s)])
	}
	return t.Err
}

// row reads one spell.
func (t *archigosTable) row(at graph.Position, cells []string, ps *codec.Faults) bool {
	cell := func(column string) string { return latin1(cells[t.Column[column]]) }
	s := &spell{at: at, id: cell(archigosSpell), code: cell(archigosCode), name: strings.TrimSpace(cell(archigosLeader)), born: cell(archigosBorn)}
	s.states = archigosStates()[s.code]
	if len(s.states) == 0 {
		if t.First("code " + s.code) {
			t.Remark(at, "the leaders of %q are not read: names/archigos.csv has no such state", facts.Clip(s.code))
		}
		return t.Err == nil
	}
	from, err1 := graph.ParseDate(cell(archigosStart))
	to, err2 := graph.ParseDate(cell(archigosEnd))
	s.valid = graph.Interval{From: from, To: to}
	if err1 != nil || err2 != nil || s.valid.Check() != nil {
		ps.Add(at, graph.BadInput, "%s to %s is not a span of days", facts.Clip(cell(archigosStart)), facts.Clip(cell(archigosEnd)))
		return true
	}
	if cell(archigosExit) == "Still in Office" && cell(archigosEnd) == archigosUntil {
		s.valid.To = graph.OpenDate
	}
	if len(s.parts()) > 0 {
		t.spells = append(t.spells, s)
	}
	return t.Err == nil
}

// latin1 returns the text as UTF-8. Some copies of the table are in Latin-1, others in UTF-8.
func latin1(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	runes := make([]rune, len(s))
	for i := range len(s) {
		runes[i] = rune(s[i])
	}
	return string(runes)
}

func personKey(s *spell) string { return fmt.Sprint(s.code, "/", s.name, "/", s.born) }

// describe declares the source and states its name and title.
func (t *archigosTable) describe() {
	t.Source(ArchigosSource, "Hein Goemans, Kristian Skrede Gleditsch and Giacomo Chiozza", "https://www.rochester.edu/college/faculty/hgoemans/data.htm", "free for academic use with citation",
		[2]string{"name", "Archigos 4.1: a database on leaders"}, [2]string{"title", "Introducing Archigos: A Dataset of Political Leaders, Journal of Peace Research 46 (2009)"},
		[2]string{"date", "2016-03"}, [2]string{"coversUntil", archigosUntil})
}

// people returns the id of each person. The id consists of the name and the state. If several leaders of the state have
// the name, it also has the year of the first spell.
func (t *archigosTable) people() map[string]graph.ID {
	first := map[string]*spell{}
	sharing := map[graph.ID]int{}
	base := func(s *spell) graph.ID { return facts.Slug(s.name + " of " + t.of(s.parts()[0].state)) }
	for _, s := range t.spells {
		if first[personKey(s)] == nil {
			first[personKey(s)] = s
			sharing[base(s)]++
		}
	}
	ids := map[string]graph.ID{}
	for key, s := range first {
		if ids[key] = base(s); sharing[base(s)] > 1 {
			ids[key] = facts.Slug(string(base(s)) + " " + s.valid.From.String()[:4])
		}
	}
	return ids
}

func (t *archigosTable) of(s archigosState) string {
	if s.of != "" {
		return s.of
	}
	return t.places.ByID[s.id].Of
}

// part is a spell, or the part of a spell during which its code meant one state.
type part struct {
	state archigosState
	valid graph.Interval
	whole bool
}

// parts returns the parts of a spell in order of time.
func (s *spell) parts() (all []part) {
	for _, state := range s.states {
		p := part{state, s.valid, true}
		if state.from.Known() && p.valid.From.First() < state.from.First() {
			p.valid.From, p.whole = state.from, false
		}
		if state.to.Known() && (p.valid.To == graph.OpenDate || p.valid.To.First() > state.to.First()) {
			p.valid.To, p.whole = state.to, false
		}
		if p.whole || p.valid.To == graph.OpenDate || p.valid.From.First() < p.valid.To.First() {
			all = append(all, p)
		}
	}
	return all
}

// spell states that the person held the position of each state that the code of the spell meant.
func (t *archigosTable) spell(s *spell, person graph.ID) {
	for _, p := range s.parts() {
		position := t.position(s, p.state)
		if !t.Declare(person, "Person") || position == "" {
			t.Remark(s.at, "%s is not read: %q or the position is the id of another thing", s.name, person)
			return
		}
		if t.First("person " + string(person)) {
			t.State(s.at, s.id, person, "name", graph.StringValue(s.name))
		}
		opts := []facts.Option{facts.During(p.valid)}
		if !p.whole {
			opts = append(opts, facts.AsInferred, facts.WithNote("a part of a spell that the list has of one state"))
		}
		t.State(s.at, s.id, person, "holds", graph.EntityValue(position), opts...)
	}
}

// position declares the position of the effective leader of the state.
func (t *archigosTable) position(s *spell, state archigosState) graph.ID {
	typ := "Polity"
	if t.places.ByID[state.id] != nil {
		typ = "Country"
	}
	if !t.Declare(state.id, typ) {
		return ""
	}
	leader := facts.Office{Name: "Effective leader of " + t.of(state), Of: state.id, Role: "EFFECTIVE_LEADER"}
	return t.Facts.Position(leader, func(id graph.ID, predicate string, v graph.Value, opts ...facts.Option) {
		t.State(s.at, s.code, id, predicate, v, opts...)
	})
}
