package validity

import "github.com/caspian-kg/caspian/graph"

// LifetimeOf returns the lifetime of an entity from the dates that claims give for its beginning and its end.
// If there are several, the entity possibly exists from the first beginning to the last end, and certainly from
// the last beginning to the first end. A rough date that includes a more exact one, such as 1991 and
// 1991-12-16, does not count.
func LifetimeOf(begins, ends []graph.Span) Lifetime {
	if len(begins) > 1 {
		begins = exact(begins)
	}
	if len(ends) > 1 {
		ends = exact(ends)
	}
	life := Always
	for i, d := range begins {
		if i == 0 {
			life.Possible.First, life.Sure.First = d.First, d.Last
		}
		life.Possible.First, life.Sure.First = min(life.Possible.First, d.First), max(life.Sure.First, d.Last)
	}
	for i, d := range ends {
		if i == 0 {
			life.Possible.Last, life.Sure.Last = d.Last, d.First
		}
		life.Possible.Last, life.Sure.Last = max(life.Possible.Last, d.Last), min(life.Sure.Last, d.First)
	}
	return life
}
