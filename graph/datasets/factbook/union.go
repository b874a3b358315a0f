package factbook

import (
	"regexp"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/datasets/internal/facts"
)

// unions maps the entries about a union of countries to the id of the union.
var unions = map[string]graph.ID{"EE": "eu"}

var unionMembers = regexp.MustCompile(`^\d+ countries: ([^:]*?)(?: \d+ |$)`)

// union states the name and the members of an organisation from its entry. Figures of unions are not read.
func (e *entry) union(id graph.ID) {
	e.country = &facts.Country{ID: id}
	e.Declare(id, "Organisation")
	e.Remark(graph.Position{File: e.where}, "the entry of %s is about a union: only its name and its members are read", id)
	const name = "Government/Union name/"
	if long := e.text(name + "conventional long form"); long != "" {
		e.claim(name+"conventional long form", id, "name", graph.StringValue(long))
	}
	if short := e.text(name + "abbreviation"); short != "" {
		e.claim(name+"abbreviation", id, "aliases", graph.StringValue(short))
	}
	const at = "Government/Member states"
	m := unionMembers.FindStringSubmatch(e.text(at))
	if m == nil {
		e.unread(at, e.text(at))
		return
	}
	for _, printed := range strings.Split(m[1], ", ") {
		member, known := e.names.Country(printed)
		if !known {
			e.Remark(e.place(at), "the member %q is in no row of names/countries.csv", printed)
			continue
		}
		e.Declare(member, "Country")
		e.claim(at, member, "memberOf", graph.EntityValue(id), facts.Qualified("role", graph.EnumOf("MEMBER")))
	}
}

var coastalStates = regexp.MustCompile(`\b(\p{Lu}\p{L}+) coastal states [^().;]*\((.*?)\)\.`)

// oceanShores states which countries have a shore on an ocean, if its entry lists them.
func (e *entry) oceanShores() {
	const at = "Introduction/Background"
	m := coastalStates.FindStringSubmatch(e.text(at))
	if m == nil {
		return
	}
	w, known := e.names.lakes[m[1]+" Ocean"]
	if !known || !e.Declare(w.id, "WaterBody") {
		return
	}
	for _, item := range splitOutside(m[2], ",") {
		printed := item
		if b := inBrackets.FindStringSubmatch(item); b != nil {
			printed = b[1] // such as Denmark (Greenland)
		}
		id, known := e.names.Country(printed)
		if !known {
			e.unread(at, item)
			continue
		}
		e.Declare(id, "Country")
		e.claim(at, id, "littoralOf", graph.EntityValue(w.id))
	}
}

// coasts returns the waters whose coast a text mentions, such as hurricanes along the Gulf of Mexico coasts.
func coasts(text string, waters []water) []water {
	var found []water
	for _, w := range waters {
		if _, after, ok := strings.Cut(text, w.printed+" coast"); ok && !strings.HasPrefix(after, "al") {
			found = append(found, w)
		}
	}
	return found
}
