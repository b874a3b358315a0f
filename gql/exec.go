package gql

import (
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/caspian-kg/caspian/codes"
	"github.com/caspian-kg/caspian/gql/internal/failure"
	"github.com/caspian-kg/caspian/gql/internal/typesys"
	"github.com/caspian-kg/caspian/gql/internal/value"
)

// run executes one request. Runs are pooled, with their buffers.
type run struct {
	// These fields are used for every field of an answer; together they fit into two cache lines.
	e     *Engine
	plan  *plan
	call  Call
	buf   []byte
	mark  int // the length of buf at which room checks the limits
	steps int
	read  int              // the number of fields in the objects begun so far
	abort *failure.Refusal // if not nil, ends the request

	vars  value.Variables
	path  []failure.PathElem
	lists [][]Ref // a reusable buffer for each level of nested lists
	level int
	slots []slot

	written *[maxWritten]written // indexed by a hash of the Ref; nil until an object of a Repeats field is written
	repeats bool                 // written has an entry

	errs     []failure.Error
	unlisted int // the number of errors beyond Limits.Errors
	held     *held
	timing   *Timing // reused by later requests; Response.Timing points to it if Request.Timed is set
	resp     Response
	busy     bool // false after Release
}

// slot holds arguments that depend on variables, computed at their first use.
type slot struct {
	done bool
	args any
	raw  map[string]any
	err  *failure.Error
	// room is the map that the next request reuses for raw; nil if a reader may have kept raw.
	room map[string]any
}

// forget clears a slot, so that no value of this request reaches the next.
func (s *slot) forget() {
	clear(s.room)
	*s = slot{room: s.room}
}

// checkEvery is the number of objects between two checks of the context. A check takes some
// microseconds.
const checkEvery = 64

// object appends an object. It returns false if null must replace an enclosing object; the caller
// then truncates the buffer.
func (r *run) object(sel *selection, src Ref) bool {
	r.read += len(sel.fields)
	if !r.step() {
		return false
	}
	r.buf = append(r.buf, '{')
	for i := 0; i < len(sel.fields); {
		next, ok := r.fields(sel, src, i)
		if !ok {
			return false
		}
		i = next
	}
	r.buf = append(r.buf, '}')
	return true
}

// step counts an object, and reports whether the request may go on.
func (r *run) step() bool {
	r.steps++
	if r.steps%checkEvery == 0 && !r.alive() {
		return false
	}
	return len(r.buf) <= r.mark || r.room()
}

func (r *run) alive() bool {
	if r.abort != nil {
		return false
	}
	err := r.call.Ctx.Err()
	if err == nil {
		return true
	}
	r.abort = failure.Ended(err)
	return false
}

func (r *run) tooLong() {
	if r.abort == nil {
		r.abort = failure.Refuse(codes.LimitOutput, "The answer is longer than the limit of %d bytes: ask for less, or page through it.", r.e.limits.Output)
		r.abort.Errors[0].Extensions = map[string]any{"limit": r.e.limits.Output, "actual": len(r.buf)}
	}
}

// fields reads the fields of an object from number i on. It returns the number of the field with
// which to continue: the count of fields, or the field after one whose reader panicked. One recover
// serves many fields, because one for each field would cost more than most readers.
func (r *run) fields(sel *selection, src Ref, i int) (next int, ok bool) {
	mark, path, level := len(r.buf), len(r.path), r.level
	defer func() {
		if p := recover(); p != nil {
			f := &sel.fields[i]
			r.buf, r.path, r.level = r.buf[:mark], r.path[:path], level
			r.panicked(sel, f, p)
			next, ok = i+1, !f.nonNull
			if ok {
				r.buf = append(append(r.buf, f.key...), "null"...)
			}
		}
	}()
	for ; i < len(sel.fields); i++ {
		f := &sel.fields[i]
		mark = len(r.buf)
		r.buf = append(r.buf, f.key...)
		switch f.read {
		case readLeaf:
			if f.slot < 0 && f.argErr == nil {
				r.call.Args = f.args
			} else if !r.dynamicArgs(f) {
				if !r.null(f) {
					return i, false
				}
				continue
			}
			out, err := f.leaf(&r.call, src, r.buf)
			if err == nil && len(out) > len(r.buf) {
				r.buf = out
				continue
			}
			if err != nil {
				r.fieldErr(f, err)
				if f.nonNull {
					return i, false
				}
				r.buf = append(r.buf, "null"...)
				continue
			}
			if !r.null(f) {
				return i, false
			}
		case readTypename: // the name is part of the key
		default:
			if !r.composite(f, src) {
				return i, false
			}
		}
	}
	return i, true
}

// null writes null for a field, or records that the field is non-null and returns false. If the
// field's arguments are wrong, null records nothing: that error explains the null.
func (r *run) null(f *field) bool {
	if !f.nonNull {
		r.buf = append(r.buf, "null"...)
		return true
	}
	if r.abort == nil && !r.explained(f) {
		r.forbiddenNull(f, r.pathTo(f))
	}
	return false
}

func (r *run) forbiddenNull(f *field, path []failure.PathElem) {
	parent := ""
	if f.def.Parent != nil {
		parent = f.def.Parent.Shown()
	}
	r.addError(failure.Error{
		Message: fmt.Sprintf("Cannot return null for non-nullable field %s.%s.", parent, f.def.Name), Locations: f.positions(),
		Path: path, Extensions: map[string]any{"code": codes.NullInNonNull},
	})
}

// explained reports whether the field's arguments have an error.
func (r *run) explained(f *field) bool {
	if f.argErr != nil {
		return true
	}
	return f.slot >= 0 && r.slots[f.slot].err != nil
}

// composite reads a field that is not a bound leaf.
func (r *run) composite(f *field, src Ref) bool {
	if f.slot < 0 && f.argErr == nil {
		r.call.Args = f.args
	} else if !r.dynamicArgs(f) {
		return r.null(f)
	}
	start := len(r.buf)
	r.path = append(r.path, failure.PathElem{Name: f.name, Index: -1})
	ok := false
	switch f.read {
	case readObject:
		ok = r.readObject(f, src)
	case readList:
		ok = r.readList(f, src)
	default: // readEvent
		if src.Obj == nil {
			ok = r.nullHere(f, f.nonNull)
		} else {
			ok = r.complete(f, src)
		}
	}
	r.path = r.path[:len(r.path)-1]
	if ok {
		return true
	}
	if f.nonNull || r.abort != nil {
		return false
	}
	r.buf = append(r.buf[:start], "null"...)
	return true
}

func (r *run) readObject(f *field, src Ref) bool {
	ref, ok, err := f.binding.Object(&r.call, src)
	if err != nil {
		r.errorHere(f, err)
		return false
	}
	if !ok {
		return r.nullHere(f, f.nonNull)
	}
	if f.binding.Repeats {
		return r.repeat(f, ref)
	}
	return r.complete(f, ref)
}

// complete appends the object ref as the value of a field.
func (r *run) complete(f *field, ref Ref) bool {
	sel := f.sub.single
	if sel == nil {
		sel, _ = r.concrete(f, ref, nil, "")
	}
	return sel != nil && r.object(sel, ref)
}

// nullHere writes null at the current path. If null is forbidden there, it records an error and
// returns false.
func (r *run) nullHere(f *field, forbidden bool) bool {
	if !forbidden {
		r.buf = append(r.buf, "null"...)
		return true
	}
	r.forbiddenNull(f, r.pathHere())
	return false
}

func (r *run) readList(f *field, src Ref) bool {
	if r.level == len(r.lists) {
		r.lists = append(r.lists, make([]Ref, 0, 64))
	}
	items, ok, err := f.binding.List(&r.call, src, r.lists[r.level][:0])
	if err != nil {
		r.errorHere(f, err)
		return false
	}
	if !ok {
		return r.nullHere(f, f.nonNull)
	}
	r.lists[r.level] = items
	r.level++
	ok = r.items(f, items)
	r.level--
	return ok
}

// aheadFrom is the length of a list from which Binding.Ahead saves time.
const aheadFrom = 8

func (r *run) items(f *field, items []Ref) bool {
	r.buf = append(r.buf, '[')
	r.path = append(r.path, failure.PathElem{})
	last := len(r.path) - 1
	// The items of a list are usually of one type. Remembering the last type saves a quarter of the
	// time of a list of small abstract objects.
	sel, typ := f.sub.single, ""
	if sel != nil && sel.ahead != nil && len(items) >= aheadFrom {
		sel.ahead(&r.call, items)
	}
	for i := range items {
		if i > 0 {
			r.buf = append(r.buf, ',')
		}
		r.path[last].Index = i
		start := len(r.buf)
		ok := false
		if items[i].Obj == nil {
			ok = r.nullHere(f, f.itemNonNull)
		} else {
			if f.sub.single == nil {
				sel, typ = r.concrete(f, items[i], sel, typ)
			}
			ok = sel != nil && r.object(sel, items[i])
		}
		if !ok {
			if f.itemNonNull || r.abort != nil {
				r.path = r.path[:last]
				return false
			}
			r.buf = append(r.buf[:start], "null"...)
		}
	}
	r.path = r.path[:last]
	r.buf = append(r.buf, ']')
	return true
}

// concrete returns the selection for an object of an abstract type, and the name of the object's
// type; the selection is nil after an error. sel and typ are the results for the previous object of
// the list, nil and "" for the first.
func (r *run) concrete(f *field, ref Ref, sel *selection, typ string) (*selection, string) {
	name := f.sub.typeOf(ref)
	if sel != nil && name == typ {
		return sel, typ
	}
	if sel = f.sub.byName[name]; sel == nil {
		r.errorHere(f, fmt.Errorf("abstract type %q was resolved to %q, which is not one of its possible types", f.sub.abstract.Name, name))
	}
	return sel, name
}

// dynamicArgs sets the call's arguments for a field whose arguments depend on variables or have an
// error. It returns false after an error.
func (r *run) dynamicArgs(f *field) bool {
	err := f.argErr
	if f.slot >= 0 {
		s := r.arguments(f)
		r.call.Args, err = s.args, s.err
	}
	if err == nil {
		return true
	}
	e := *err
	e.Path = r.pathTo(f)
	r.addError(e)
	return false
}

// arguments returns the slot of a field, computed at the first use.
func (r *run) arguments(f *field) *slot {
	s := &r.slots[f.slot]
	if !s.done {
		s.done = true
		if s.room == nil || f.binding.Prepare == nil { // without Prepare, readers get the map itself and may keep it
			s.raw, s.err = coerceArguments(f, &r.vars, make(map[string]any, len(f.def.Args)))
		} else {
			s.raw, s.err = coerceArguments(f, &r.vars, s.room)
		}
		if s.room = s.raw; f.binding.Prepare == nil {
			s.room = nil
		}
		if s.err == nil {
			s.args, s.err = r.e.prepare(f, s.raw)
		}
	}
	return s
}

// prepare calls Binding.Prepare and locates its error.
func (e *Engine) prepare(f *field, raw map[string]any) (args any, fail *failure.Error) {
	if f.binding.Prepare == nil {
		return raw, nil
	}
	defer func() {
		if p := recover(); p != nil {
			e.reportPanic(f.def, p)
			fail = internalError(f)
		}
	}()
	args, err := f.binding.Prepare(raw)
	if err == nil {
		return args, nil
	}
	positions := f.positions()
	var about *ArgumentError
	if errors.As(err, &about) {
		if a := f.nodes[0].Arguments.ForName(about.Argument); a != nil {
			positions = failure.At(a.Value.Position)
		}
	}
	located := fieldError(e.clientError(err), codes.BadUserInput, positions, nil)
	return nil, &located
}

func internalError(f *field) *failure.Error {
	return &failure.Error{Message: "Internal error: it has been reported.", Locations: f.positions(), Extensions: map[string]any{"code": codes.Internal}}
}

func (r *run) panicked(sel *selection, f *field, p any) {
	r.e.reportPanic(f.def, p)
	e := internalError(f)
	e.Path = r.pathTo(f)
	r.addError(*e)
}

func (e *Engine) reportPanic(def *typesys.Field, p any) {
	if e.onPanic == nil {
		return
	}
	name := def.Name
	if def.Parent != nil {
		name = def.Parent.Name + "." + name
	}
	e.onPanic(name, p, debug.Stack())
}

func (f *field) positions() []failure.Position {
	out := make([]failure.Position, 0, len(f.nodes))
	for _, n := range f.nodes {
		out = append(out, failure.At(n.Position)...)
	}
	return out
}

func (r *run) pathHere() []failure.PathElem {
	return append(make([]failure.PathElem, 0, len(r.path)), r.path...)
}
func (r *run) pathTo(f *field) []failure.PathElem {
	return append(append(make([]failure.PathElem, 0, len(r.path)+1), r.path...), failure.PathElem{Name: f.name, Index: -1})
}

// fieldErr records an error of a field f of the current object.
func (r *run) fieldErr(f *field, err error) { r.readerErr(f, err, r.pathTo(f)) }

// errorHere records an error at the current path.
func (r *run) errorHere(f *field, err error) { r.readerErr(f, err, r.pathHere()) }

// readerErr records a reader's error. If the request has ended, the end is the cause, and only the
// end is reported.
func (r *run) readerErr(f *field, err error, path []failure.PathElem) {
	if r.alive() {
		r.addError(fieldError(r.e.clientError(err), "", f.positions(), path))
	}
}

func (r *run) addError(e failure.Error) {
	if len(r.errs) >= r.e.limits.Errors {
		r.unlisted++
		return
	}
	r.errs = append(r.errs, e)
}
