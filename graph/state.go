package graph

// State is the graph so far, as Check needs it. A snapshot is one. Check may ask for types in several
// goroutines at once.
type State interface {
	// Seq is the sequence number of the state.
	Seq() Seq
	// TypeOf is the type of an entity.
	TypeOf(ID) (string, bool)
	// Claim returns a claim by its id and whether it is not withdrawn.
	Claim(ClaimID) (c Claim, live, ok bool)
	// Values are the values of the live claims of one predicate of a subject.
	Values(subject ID, predicate string) []Value
	// Holder is the entity whose live claim gives the key's value.
	Holder(predicate string, v Value) (ID, bool)
	// Commits are the commits of the import that begins with this one, in order; nil where none does.
	Commits(first Seq) []Seq
	// Undos calls fn with each undo of an import, the newest first: their first commits.
	Undos(fn func(undo, undid Seq))
	// Learned calls fn with each claim that the commits after one and up to another stated or
	// reinstated, in record order, and then with each that they withdrew.
	Learned(since, last Seq, fn func(id ClaimID, seq Seq, withdrawn bool))
	// History is since when a recorded claim holds and when it was withdrawn, in order: at least
	// the commit that stated it.
	History(ClaimID) []Event
	// StatedBy calls fn with each live claim of a source, in record order.
	StatedBy(source ID, fn func(id ClaimID, c *Claim))
}

// Growth is a graph that takes commits, and the state after those that it has taken.
type Growth interface {
	State
	// Add takes the next commit. After an error it is of no more use.
	Add(*Commit) error
	// Digest identifies what the graph holds by now.
	Digest() string
}

// Nothing is the state of an empty store.
var Nothing State = nothing{}

type nothing struct{}

func (nothing) Seq() Seq                                   { return 0 }
func (nothing) TypeOf(ID) (string, bool)                   { return "", false }
func (nothing) Claim(ClaimID) (c Claim, _, _ bool)         { return c, false, false }
func (nothing) Values(ID, string) []Value                  { return nil }
func (nothing) Holder(string, Value) (ID, bool)            { return "", false }
func (nothing) Commits(Seq) []Seq                          { return nil }
func (nothing) Undos(func(_, _ Seq))                       {}
func (nothing) History(ClaimID) []Event                    { return nil }
func (nothing) Learned(Seq, Seq, func(ClaimID, Seq, bool)) {}
func (nothing) StatedBy(ID, func(ClaimID, *Claim))         {}
