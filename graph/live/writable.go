package live

// Writable returns an error if the log accepts no changes at present, for example because its disk is full.
// Reads continue.
func (g *Graph) Writable() error {
	if l, ok := g.log.(interface{ Writable() error }); ok {
		return l.Writable()
	}
	return nil
}
