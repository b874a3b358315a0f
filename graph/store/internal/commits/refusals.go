package commits

import "github.com/caspian-kg/caspian/graph"

// Why a store refuses, in the same words for every backend.

// Closed is the error of a store after Close.
func Closed() error { return graph.Errorf(graph.Unavailable, "the store is closed") }

// ReadOnly is the error of a write to a store that is open for reading.
func ReadOnly() error { return graph.Errorf(graph.ReadOnly, "the store is open for reading only") }

// OutOfTurn is the error of a commit whose number is not the one that is due.
func OutOfTurn(seq, due graph.Seq) error {
	return graph.Errorf(graph.SeqMismatch, "store: commit %d cannot follow commit %d; it must be %d", seq, due-1, due)
}

// Missing is the error of a commit that is not in the store.
func Missing(seq graph.Seq) error {
	return graph.Errorf(graph.SeqMismatch, "there is no commit %d", seq)
}

// KeyReused is the error of an idempotency key that has made a commit.
func KeyReused(key string, seq graph.Seq) error {
	return graph.Errorf(graph.KeyReused, "the idempotency key %q made commit %d already", key, seq)
}

// KnownClaim is the error of a group of commits with a claim that is in the store.
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
