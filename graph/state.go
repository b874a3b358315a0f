package graph

// State is the graph against which Check checks a change. A snapshot implements it. Check may call TypeOf, Claim and Into from
// several goroutines at once.
type State interface {
	// Seq returns the sequence number of the state.
	Seq() Seq
	// TypeOf returns the type of an entity.
	TypeOf(ID) (string, bool)
	// Claim returns a claim by its id. live is false if the claim is withdrawn.
	Claim(ClaimID) (c Claim, live, ok bool)
	// Values returns the values of the live claims with a subject and predicate.
	Values(subject ID, predicate string) []Value
	// Holder returns the entity with the value of a key in a live claim.
	Holder(predicate string, v Value) (ID, bool)
	// Commits returns the commits of the import that begins with first, in order, or nil if none does.
	Commits(first Seq) []Seq
	// Undos calls fn with the first commits of each undo and of the import that it took back, the newest undo
	// first.
	Undos(fn func(undo, undid Seq))
	// Learned calls fn with each claim stated or reinstated by the commits after since up to last, in record
	// order, and then with each claim that these commits withdrew.
	Learned(since, last Seq, fn func(id ClaimID, seq Seq, withdrawn bool))
	// History returns when a recorded claim began to hold and when it was withdrawn, in order. The first event
	// is the commit that stated it.
	History(ClaimID) []Event
	// StatedBy calls fn with each live claim of a source, in record order.
	StatedBy(source ID, fn func(id ClaimID, c *Claim))
	// Into is the entity that another is merged into, by the last merge of it; false if it stands for itself.
	Into(ID) (ID, bool)
	// Merges calls fn with the merges, and the ends of merges, of the commits after one and up to
	// another, in order, until fn returns false.
	Merges(since, last Seq, fn func(m Merged, seq Seq) bool)
	// Naming calls fn with each live claim that names an entity as its subject, object or source or in a
	// qualifier, each once.
	Naming(id ID, fn func(id ClaimID, c *Claim))
}

// Growth is a graph to which commits are added. Its State is the one after the added commits.
type Growth interface {
	State
	// Add adds the next commit. After an error the Growth must be discarded.
	Add(*Commit) error
	// Digest identifies the content of the graph after the added commits.
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
func (nothing) Into(ID) (ID, bool)                         { return "", false }
func (nothing) Merges(Seq, Seq, func(Merged, Seq) bool)    {}
func (nothing) Naming(ID, func(ClaimID, *Claim))           {}
