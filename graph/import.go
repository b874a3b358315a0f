package graph

import "unicode/utf8"

// Import is what a commit is part of, if it can be listed and undone: the reading of some files, a change with
// a label, or an undo.
type Import struct {
	// First is the sequence number of its first commit, which names it. Only that commit has
	// the other fields. In a Change, 0 begins an import, and another number goes on with one.
	First Seq `json:"n,omitempty"`
	// Label says in a few words what it is, Files are the names of the files, and Format is how they
	// were read.
	Label  string `json:"l,omitempty"`
	Files  string `json:"f,omitempty"`
	Format string `json:"x,omitempty"`
	// Sync is the source of which it states everything (Change.Sync).
	Sync ID `json:"s,omitempty"`
	// Undid is the import that it took back, UndidSource the source.
	Undid       Seq `json:"u,omitempty"`
	UndidSource ID  `json:"us,omitempty"`
}

// MaxLabel bounds the texts of an import, in bytes.
const MaxLabel = 200

// importOf checks what the change says of its import, and returns it as the commit has it.
func (c *checker) importOf(ch *Change) *Import {
	undo := undoOf(ch)
	if ch.Import == nil && undo == nil {
		return nil
	}
	im := Import{Sync: ch.Sync}
	if ch.Import != nil {
		im.First, im.Label, im.Files, im.Format = ch.Import.First, ch.Import.Label, ch.Import.Files, ch.Import.Format
	}
	if undo != nil {
		im.Undid, im.UndidSource = undo.Undo.Import, undo.Undo.Source
	}
	at := Position{Path: "import"}
	for _, s := range []string{im.Label, im.Files, im.Format} {
		if len(s) > MaxLabel || !utf8.ValidString(s) {
			c.problem(at, BadInput, "%q is not valid UTF-8 of at most %d bytes", Clip(s), MaxLabel)
		}
	}
	switch {
	case im.First == 0:
		im.First = c.st.Seq() + 1
	case undo != nil:
		c.problem(at, BadInput, "an undo is a separate import; leave out the import %d to go on with", im.First)
	case len(c.st.Commits(im.First)) == 0:
		c.problem(at, UnknownID, "there is no import %d to go on with; leave it out to begin one", im.First)
	default:
		im = Import{First: im.First}
	}
	return &im
}
