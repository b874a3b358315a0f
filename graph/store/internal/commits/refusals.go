package commits

import "github.com/caspian-kg/caspian/graph"

// The refusals of a store, with the same words for every backend.

// Closed returns the error of a store after Close.
func Closed() error { return graph.Errorf(graph.Unavailable, "the store is closed") }

// ReadOnly returns the error of a write to a store that is open only for reading.
func ReadOnly() error { return graph.Errorf(graph.ReadOnly, "the store is open for reading only") }

// OutOfTurn returns the error of a commit whose number is not the next one, due.
func OutOfTurn(seq, due graph.Seq) error {
	return graph.Errorf(graph.SeqMismatch, "store: commit %d cannot follow commit %d; it must be %d", seq, due-1, due)
}

// Missing returns the error for a commit that is not in the store.
func Missing(seq graph.Seq) error {
	return graph.Errorf(graph.SeqMismatch, "there is no commit %d", seq)
}

// KeyReused returns the error for an idempotency key that was used for a commit.
func KeyReused(key string, seq graph.Seq) error {
	return graph.Errorf(graph.KeyReused, "the idempotency key %q made commit %d already", key, seq)
}

// KnownClaim returns the error for a group of commits with a claim that the store has already.
func KnownClaim(first graph.Seq, id string) error {
	return graph.Errorf(graph.Duplicate, "store: append commit %d: claim %s is in the store already", first, id)
}

// CheckHash returns an error if the hash of an ontology is not hexadecimal.
func CheckHash(hash string) error {
	if hash == "" || !IsHex(hash) {
		return graph.Errorf(graph.BadInput, "the hash %q of the ontology is not hexadecimal", hash)
	}
	return nil
}
