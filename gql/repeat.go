package gql

import "hash/maphash"

// written is what was written for an object of a field that Repeats.
type written struct {
	f        *field
	ref      Ref
	from, to int // in the buffer
	read     int // fields of objects that were begun
}

// maxWritten bounds the remembered objects; a later one may replace an earlier one.
const maxWritten = 256

var writtenSeed = maphash.MakeSeed()

// repeat appends an object of a field that Repeats. It copies the object if it was written
// before.
func (r *run) repeat(f *field, ref Ref) bool {
	if r.failed() {
		return r.complete(f, ref) // what was written may be cut, and errors have a path
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

// failed reports whether the request had an error. The buffer is truncated only after an
// error.
func (r *run) failed() bool { return len(r.errs)+r.unlisted > 0 || r.abort != nil }

// forget drops the references to what was written.
func (r *run) forget() {
	if r.repeats {
		clear(r.written[:])
	}
}
