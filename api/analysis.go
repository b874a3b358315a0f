package api

// analyses are the root fields of the analyses, one for each analysis of the packages
// analysis and routes.
func (b *builder) analyses() []field {
	return []field{
		b.routes(b.networks),
		b.connections(),
		b.chokepoints(b.networks),
		b.dependency(),
		b.conflicts(),
		b.changes(),
		b.log(),
		b.timeline(),
	}
}
