package live

// Writable tells with an error why the log takes no changes at present, as where
// its disk is full; reading goes on.
func (g *Graph) Writable() error {
	if l, ok := g.log.(interface{ Writable() error }); ok {
		return l.Writable()
	}
	return nil
}
