package api

// analyses are the root fields of the analyses: one line for each file of
// package analysis, in the order of the contract.
func (b *builder) analyses() []field {
	return []field{
		b.dependency(),
	}
}
