package codec

// NQuads is RDF, one quad a line.
var NQuads = &Format{Name: "nquads", About: "RDF N-Quads", Extensions: []string{".nq"}}
