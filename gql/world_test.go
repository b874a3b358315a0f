package gql

import (
	"errors"
	"hash/fnv"
	"maps"
	"slices"
	"strconv"
	"testing"

	"github.com/graphql-go/graphql"
)

// The generated world of the differential tests: an object is a seed, and each field's
// value follows from the seed, the field's name and its arguments. reference.mjs does the
// same, so that the two executors can be compared on any document.

func worldHash(text string) uint32 {
	h := fnv.New32a()
	h.Write([]byte(text))
	return h.Sum32()
}

func canonicalArgs(dst []byte, v any) []byte {
	switch v := v.(type) {
	case map[string]any:
		dst = append(dst, '{')
		for i, k := range slices.Sorted(maps.Keys(v)) {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(AppendString(dst, k), ':')
			dst = canonicalArgs(dst, v[k])
		}
		return append(dst, '}')
	case []any:
		dst = append(dst, '[')
		for i, e := range v {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = canonicalArgs(dst, e)
		}
		return append(dst, ']')
	}
	return appendJSON(dst, v)
}

// worldObject is an object; typ is set where an abstract type had to choose.
type worldObject struct {
	seed uint32
	typ  string
}

func worldValue(t *typeRef, h uint32, label string) any {
	if t.nonNull {
		if h%37 == 0 {
			return nil
		}
		return worldValue1(t.inner, h, label)
	}
	if h%9 == 0 {
		return nil
	}
	return worldValue1(t, h, label)
}

func worldValue1(t *typeRef, h uint32, label string) any {
	if h%23 == 0 {
		return errors.New("boom " + label)
	}
	if t.elem != nil {
		out := []any{}
		for i := range int(h % 4) {
			s := strconv.Itoa(i)
			out = append(out, worldValue(t.elem, worldHash(strconv.Itoa(int(h))+"/"+s), label+s))
		}
		return out
	}
	switch n := t.named; {
	case n.abstract():
		return &worldObject{h, n.possible[h%uint32(len(n.possible))].name}
	case n.kind == kindObject:
		return &worldObject{h, n.name}
	case n.kind == kindEnum:
		return n.enumValues[h%uint32(len(n.enumValues))].name
	default:
		switch n.name {
		case "Int":
			return int(h % 1000)
		case "Float":
			return float64(h%1000) / 8
		case "Boolean":
			return h%2 == 0
		case "ID":
			return "id" + strconv.Itoa(int(h%1000))
		case "Anything":
			return map[string]any{"h": int(h % 10), "list": []any{1, "x", nil}}
		}
		return "s" + strconv.Itoa(int(h%1000))
	}
}

func worldRead(f *fieldDef, seed uint32, args map[string]any) (any, error) {
	if args == nil {
		args = map[string]any{}
	}
	text := string(canonicalArgs(nil, args))
	if f.argByName["v"] != nil {
		return text, nil
	}
	v := worldValue(f.typ, worldHash(strconv.Itoa(int(seed))+"/"+f.name+"/"+text), f.name)
	if err, ok := v.(error); ok {
		return nil, err
	}
	return v, nil
}

// worldEngine executes over the world, by bound readers or by Resolve functions. Lists
// that hold errors, and lists of leaves that hold nulls they must not, are left to
// Resolve also in the bound engine, since a reader cannot say them.
func worldEngine(t testing.TB, bound bool, limits Limits) *Engine {
	t.Helper()
	cfg, err := fromSDL(readFile(t, "testdata/schema.graphql"))
	if err != nil {
		t.Fatal(err)
	}
	defs := newEngine(t, cfg).schema // to walk the types
	cfg.Limits = limits
	cfg.TypeOf = map[string]func(Ref) string{"": func(r Ref) string { return r.Obj.(*worldObject).typ }}
	cfg.Bindings = map[string]map[string]Binding{}
	for _, typ := range defs.types {
		if typ.kind != kindObject || typ.builtin {
			continue
		}
		fields := typ.source.(*graphql.Object).Fields()
		cfg.Bindings[typ.name] = map[string]Binding{}
		for _, f := range typ.fields {
			if b, ok := worldBinding(f); bound && ok {
				cfg.Bindings[typ.name][f.name] = b
				continue
			}
			fields[f.name].Resolve = func(p graphql.ResolveParams) (any, error) {
				source := p.Source
				if r, ok := source.(Ref); ok {
					source = r.Obj
				}
				return worldRead(f, source.(*worldObject).seed, p.Args)
			}
		}
	}
	return newEngine(t, cfg)
}

func worldBinding(f *fieldDef) (Binding, bool) {
	read := func(c *Call, src Ref) (any, error) {
		args, _ := c.Args.(map[string]any)
		return worldRead(f, src.Obj.(*worldObject).seed, args)
	}
	switch base := f.typ.base(); {
	case base.leaf() && f.typ.elem != nil:
		return Binding{}, false
	case base.leaf():
		return Binding{Leaf: func(c *Call, src Ref, dst []byte) ([]byte, error) {
			v, err := read(c, src)
			if err != nil || v == nil {
				return dst, err
			}
			return appendJSON(dst, v), nil
		}}, true
	case f.typ.elem == nil:
		return Binding{Object: func(c *Call, src Ref) (Ref, bool, error) {
			v, err := read(c, src)
			if err != nil || v == nil {
				return Ref{}, false, err
			}
			return Ref{Obj: v}, true, nil
		}}, true
	}
	return Binding{}, false
}
