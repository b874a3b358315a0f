package graph

import "unicode/utf8"

// Import describes the import to which a commit belongs, so that it can be listed and undone: reading some
// files, a change with a label, or an undo.
type Import struct {
	// First is the sequence number of the import's first commit, which identifies the import. Only that commit
	// has the other fields. In a Change, 0 begins an import, and another number continues that import.
	First Seq `json:"n,omitempty"`
	// Label describes the import in a few words. Files are the names of the files, and Format is the format in
	// which they were read.
	Label  string `json:"l,omitempty"`
	Files  string `json:"f,omitempty"`
	Format string `json:"x,omitempty"`
	// Sync is the source for which the import states everything (Change.Sync).
	Sync ID `json:"s,omitempty"`
	// Undid is the import that this import took back, and UndidSource the source whose claims it took back.
	Undid       Seq `json:"u,omitempty"`
	UndidSource ID  `json:"us,omitempty"`
}

// MaxLabel bounds the texts of an import, in bytes.
const MaxLabel = 200

// importOf checks the change's import, and returns it in the form for the commit.
func (c *checker) importOf(ch *Change) *Import {
	undo := undoOf(ch)
	merges := c.res.Commit.Merges
	if ch.Import == nil && undo == nil && len(merges) == 0 {
		return nil
	}
	im := Import{Sync: ch.Sync}
	if len(merges) > 0 && ch.Import == nil {
		im.Label = merges[0].label()
	}
	if ch.Import != nil {
		im.First, im.Label, im.Files, im.Format = ch.Import.First, ch.Import.Label, ch.Import.Files, ch.Import.Format
	}
	if undo != nil {
		im.Undid, im.UndidSource = undo.Undo.Import, undo.Undo.Source
	}
	at := Position{Path: "import"}
	for _, x := range []struct{ name, text string }{{"label", im.Label}, {"files", im.Files}, {"format", im.Format}} {
		if len(x.text) > MaxLabel {
			c.problem(at, BadInput, "%s has %d bytes; at most %d are allowed: %q", x.name, len(x.text), MaxLabel, Clip(x.text))
		} else if !utf8.ValidString(x.text) {
			c.problem(at, BadInput, "%s is not valid UTF-8: %q", x.name, Clip(x.text))
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
