package gql

import "hash/maphash"

// written remembers the answer for an object of a Repeats field.
type written struct {
	f        *field
	ref      Ref
	from, to int // offsets in run.buf
	read     int // how many fields the answer added to run.read
}

// maxWritten bounds the number of remembered objects; a later one may replace an earlier one.
const maxWritten = 256

var writtenSeed = maphash.MakeSeed()

// repeat appends an object of a Repeats field, copied if it was written before.
func (r *run) repeat(f *field, ref Ref) bool {
	if r.failed() {
		return r.complete(f, ref) // because an error truncates the buffer, and an error's path names one object
	}
	if r.written == nil {
		r.written = new([maxWritten]written)
	}
	w := &r.written[maphash.Comparable(writtenSeed, ref)%maxWritten]
	if w.f != f || w.ref != ref {
		from, read := len(r.buf), r.read
		ok := r.complete(f, ref)
		if ok && !r.failed() {
			*w, r.repeats = written{f, ref, from, len(r.buf), r.read - read}, true
		}
		return ok
	}
	if !r.step() {
		return false
	}
	r.buf = append(r.buf, r.buf[w.from:w.to]...)
	r.read += w.read
	return true
}

// failed reports whether the request had an error; only an error truncates the buffer.
func (r *run) failed() bool { return len(r.errs)+r.unlisted > 0 || r.abort != nil }

// forget clears written, so that its Refs can be garbage-collected.
func (r *run) forget() {
	if r.repeats {
		clear(r.written[:])
	}
}
