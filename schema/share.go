package schema

// What shares of one whole have in common, besides qualifiers (Qualifier.Whole).
const (
	WholeSubject = "subject"
	WholeObject  = "object"
	WholePeriod  = "period"
)

// shares checks the names in the directives @share of a field, and adds the period of observations.
func (l *loader) shares(f *Field) {
	for _, q := range f.Qualifiers {
		if q.Whole == nil {
			continue
		}
		for _, name := range q.Whole {
			if name != WholeSubject && name != WholeObject && (name == q.Name || f.Qualifier(name) == nil) {
				l.problems = append(l.problems, Problem{q.Pos, f.Owner.Name + "." + f.Name + "(" + q.Name + ":): @share(of:) names " + name + ", which is neither subject, object nor another qualifier of the relation"})
			}
		}
		if f.Time == Observation {
			q.Whole = append(q.Whole, WholePeriod)
		}
	}
}
