package schema

import (
	"fmt"
	"regexp"
	"strings"
)

// The patterns of names in an ontology. They ensure that no two parts of the API built from the ontology have
// the same name.

var (
	typeName  = regexp.MustCompile(`^[A-Z][A-Za-z0-9]*$`)
	fieldName = regexp.MustCompile(`^[a-z][A-Za-z0-9]*$`)
)

// reservedTypes are the names of the API's own types.
var reservedTypes = set(
	"ID", "Query", "Mutation", "Subscription", "Claim", "View", "PageInfo", "Node", "Graph", "TypeCount",
	"Qualifier", "Value", "DateTime", "DateInterval", "SpanMode", "Holds", "Basis", "Rank", "Attribution", "OrderDirection", "Search", "MatchKind", "TextRange",
	"Route", "RouteResult", "Lengths", "Obstacle", "GaugeBreak", "LeastCapacity", "InServiceSince", "RouteNetwork", "RouteRank", "Avoidance", "Leg", "Blockage", "Connection", "Step", "Neighbourhood", "Neighbour", "LinkDirection", "Between", "Tie", "Exposure", "ExposurePoint", "ExposedPartner", "Passing", "Importance", "ImportanceMeasure", "Ranked",
	"Miss", "Dependency", "TradeDirection", "TradeFigures", "Report", "Share", "ValueRange", "ThroughShare", "Interval", "Chokepoint", "ChokepointKind", "ChokepointWeight", "CutCapacity", "EndPair", "Conflict", "Change", "ChangeKind",
	"LogEntry", "Import", "Scenario", "Timeline", "Moment", "Spell", "DatePrecision", "DatePart",
	"TransactInput", "TransactResult", "Operation", "DeclareInput", "AssertInput", "RetractInput", "ReinstateInput", "SupersedeInput", "UndoInput", "MergeInput", "UnmergeInput", "ImportInput", "ScenarioInput", "RemoveInput", "QualifierInput",
)

// listed are the API's own types for which it creates list or filter types.
var listed = []string{"Claim", "Search", "Conflict", "Change", "Changes", "Timeline", "Relation", "Aggregate", "Figure", "NodeFigure", "Grouping", "ClaimValue"}

// listParts are the suffixes of the types that the API creates for each list.
var listParts = []string{
	"Connection", "Edge", "Filter", "RelationFilter", "EdgeFilter", "QualifierFilter",
	"Order", "EdgeOrder", "Aggregate", "Numbers", "Units", "Group", "GroupKey",
}

// reservedFields are the names of the API's own fields of every entity, and names that filters and group keys
// cannot have.
var reservedFields = set("id", "type", "claims", "about", "none", "ranges", "and", "or", "not", "true", "false", "null")

// reservedQualifiers are the names that edges, claims and seed files use themselves, and names that group keys
// cannot have.
var reservedQualifiers = set(
	"cursor", "node", "claim", "from", "to", "object", "none", "ranges", "valid", "source", "at", "locator", "confidence", "attribution",
	"attributedTo", "subject", "rank", "original", "note", "supersedes", "conflict", "holds", "basis", "year", "true", "false", "null",
)

// reservedRoots are the API's own root fields.
var reservedRoots = []string{
	"node", "entity", "entities", "search", "claim", "claims", "routes", "connections", "neighbourhood", "between", "importance", "exposure", "dependency",
	"chokepoints", "conflicts", "changes", "log", "imports", "scenarios", "timeline", "history", "graph",
}

func set(names ...string) map[string]bool {
	m := make(map[string]bool, len(names))
	for _, n := range names {
		m[n] = true
	}
	return m
}

// checkRoots refuses types and relations whose root fields would have the same name.
func (l *loader) checkRoots() {
	taken := map[string]string{}
	for _, name := range reservedRoots {
		taken[name] = "the API itself"
	}
	for _, t := range l.o.Types {
		if t.Union || t.Name == EntityType || reservedTypes[t.Name] {
			continue
		}
		for _, name := range []string{t.Singular(), t.Plural} {
			if by, ok := taken[name]; ok {
				l.fail(l.defs[t.Name].Position, "the root field %s of %s is taken by %s; give another plural in @entity", name, t.Name, by)
			}
			taken[name] = t.Name
		}
	}
	for _, t := range l.o.Types {
		for _, f := range t.Fields {
			name := f.EveryEdge()
			if name == "" || f.Owner != t {
				continue
			}
			// checkGenerated refuses a type of that name for its lists too.
			if by, ok := taken[name]; ok && lowerFirst(by) != name {
				l.problems = append(l.problems, Problem{f.Pos, fmt.Sprintf("the root field %s of %s.%s is taken by %s; rename one", name, t.Name, f.Name, by)})
			}
			taken[name] = t.Name + "." + f.Name
		}
	}
}

// checkGenerated refuses names from which the API would create two types of the same name, for lists and
// comparisons.
func (l *loader) checkGenerated() {
	made := map[string]string{} // by name, what it was created for
	for _, name := range listed {
		for _, part := range listParts {
			made[name+part] = "the API's lists of " + name
		}
	}
	for scalar := range scalars {
		made[scalar+"Filter"] = "comparing with " + scalar
	}
	for _, own := range []string{"ID", "Holds", "Basis", "Rank", "Attribution"} {
		made[own+"Filter"] = "comparing with " + own
	}
	reported := map[string]bool{} // one fault for each type, even if several suffixes clash
	claim := func(pos Position, what, name, by string) {
		other, ok := made[name]
		switch {
		case !ok || other == by:
			made[name] = by
		case !reported[what]:
			reported[what] = true
			l.problems = append(l.problems, Problem{pos, fmt.Sprintf("the API's type %s would serve both %s and %s; rename one", name, by, other)})
		}
	}
	list := func(pos Position, what, name, by string) {
		for _, part := range listParts {
			claim(pos, what, name+part, by)
		}
	}
	for _, t := range l.o.Types {
		if !reservedTypes[t.Name] {
			list(t.Pos, t.Name, t.Name, "lists of "+t.Name)
			list(t.Pos, t.Name, t.Name+"Link", "relations to "+t.Name)
		}
	}
	for _, e := range l.o.Enums {
		claim(e.Pos, e.Name, e.Name+"Filter", "comparing with "+e.Name)
	}
	for _, t := range l.o.Types {
		for _, f := range t.Fields {
			if f.Owner == t && f.Target != nil && f.Many && len(f.edgeQualifiers()) > 0 {
				what := t.Name + "." + f.Name
				list(f.Pos, what, t.Name+strings.ToUpper(f.Name[:1])+f.Name[1:], "the relation "+what)
			} else if f.Owner == t && f.EveryEdge() != "" {
				what := t.Name + "." + f.Name
				claim(f.Pos, what, t.Name+strings.ToUpper(f.Name[:1])+f.Name[1:]+"EdgeFilter", "the relation "+what)
			}
		}
	}
	for _, t := range l.o.Types {
		claim(t.Pos, t.Name, t.Name, "the type "+t.Name)
	}
	for _, e := range l.o.Enums {
		claim(e.Pos, e.Name, e.Name, "the enum "+e.Name)
	}
}

// edgeQualifiers returns the qualifiers of the edges of a relation or an inverse.
func (f *Field) edgeQualifiers() []*Qualifier {
	if f.Kind == Inverse && len(f.InverseOf) > 0 {
		return f.InverseOf[0].Qualifiers
	}
	return f.Qualifiers
}
