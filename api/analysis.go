package api

import "github.com/caspian-kg/caspian/graph/routes"

// analyses are the root fields of the analyses, one for each analysis of the packages
// analysis and routes.
func (b *builder) analyses() []field {
	networks := new(routes.Networks)
	return []field{
		b.routes(networks),
		b.connections(),
		b.chokepoints(networks),
		b.dependency(),
		b.conflicts(),
		b.changes(),
		b.log(),
		b.timeline(),
	}
}
