package gql

import (
	"errors"
	"hash/fnv"
	"maps"
	"slices"
	"strconv"
	"testing"

	"github.com/caspian-kg/caspian/gql/internal/typesys"
	"github.com/caspian-kg/caspian/gql/internal/value"
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
			dst = append(value.AppendString(dst, k), ':')
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
	return value.Append(dst, v)
}

// worldObject is an object; typ is set if an abstract type had to choose.
type worldObject struct {
	seed uint32
	typ  string
}

// worldValue returns a field's value. Some values are errors, and some are null where null
// is not allowed. Readers cannot express errors of items and nulls in lists of leaves, so
// these do not occur.
func worldValue(t *typesys.TypeRef, h uint32, label string) any {
	switch {
	case t.NonNull && h%37 == 0, !t.NonNull && h%9 == 0:
		return nil
	case h%23 == 0:
		return errors.New("boom " + label)
	}
	return worldPresent(t, h)
}

func worldPresent(t *typesys.TypeRef, h uint32) any {
	if t.Elem != nil {
		out := []any{}
		for i := range int(h % 4) {
			h := worldHash(strconv.Itoa(int(h)) + "/" + strconv.Itoa(i))
			if null := !t.Elem.NonNull && h%9 == 0 || t.Elem.NonNull && h%37 == 0 && !t.Base().Leaf(); null {
				out = append(out, nil)
			} else {
				out = append(out, worldPresent(t.Elem, h))
			}
		}
		return out
	}
	switch n := t.Named; {
	case n.Abstract():
		return &worldObject{h, n.Possible[h%uint32(len(n.Possible))].Name}
	case n.Kind == typesys.KindObject:
		return &worldObject{h, n.Name}
	case n.Kind == typesys.KindEnum:
		return n.EnumValues[h%uint32(len(n.EnumValues))].Name
	default:
		switch n.Name {
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

func worldRead(f *typesys.Field, seed uint32, args map[string]any) (any, error) {
	if args == nil {
		args = map[string]any{}
	}
	text := string(canonicalArgs(nil, args))
	if f.ArgByName["v"] != nil {
		return text, nil
	}
	v := worldValue(f.Type, worldHash(strconv.Itoa(int(seed))+"/"+f.Name+"/"+text), f.Name)
	if err, ok := v.(error); ok {
		return nil, err
	}
	return v, nil
}

// worldEngine executes over the world.
func worldEngine(t testing.TB, limits Limits) *Engine {
	t.Helper()
	return newEngine(t, worldConfig(t, limits))
}

func worldConfig(t testing.TB, limits Limits) Config {
	t.Helper()
	cfg, err := fromSDL(readFile(t, "testdata/schema.graphql"))
	if err != nil {
		t.Fatal(err)
	}
	defs := newEngine(t, bound(cfg)).schema // to walk the types
	cfg.Limits = limits
	cfg.TypeOf = map[string]func(Ref) string{"": func(r Ref) string { return r.Obj.(*worldObject).typ }}
	cfg.Bindings = map[string]map[string]Binding{}
	for _, typ := range defs.Types {
		if typ.Kind != typesys.KindObject || typ.Builtin {
			continue
		}
		cfg.Bindings[typ.Name] = map[string]Binding{}
		for _, f := range typ.Fields {
			cfg.Bindings[typ.Name][f.Name] = worldBinding(f, typ == defs.Subscription)
		}
	}
	return cfg
}

func worldBinding(f *typesys.Field, event bool) Binding {
	read := func(c *Call, src Ref) (any, error) {
		args, _ := c.Args.(map[string]any)
		return worldRead(f, src.Obj.(*worldObject).seed, args)
	}
	var b Binding
	if event {
		b.Stream = func(*Call, Ref) (<-chan Ref, error) { return nil, errors.New("the world has no events") }
	}
	switch base := f.Type.Base(); {
	case base.Leaf():
		b.Leaf = func(c *Call, src Ref, dst []byte) ([]byte, error) {
			v, err := read(c, src)
			if err != nil || v == nil {
				return dst, err
			}
			return value.Append(dst, v), nil
		}
	case f.Type.Elem == nil:
		b.Object = func(c *Call, src Ref) (Ref, bool, error) {
			v, err := read(c, src)
			return Ref{Obj: v}, v != nil, err
		}
	default:
		b.List = func(c *Call, src Ref, dst []Ref) ([]Ref, bool, error) {
			v, err := read(c, src)
			if err != nil || v == nil {
				return nil, false, err
			}
			for _, item := range v.([]any) {
				dst = append(dst, Ref{Obj: item})
			}
			return dst, true, nil
		}
	}
	return b
}

// wantSameAnswers fails the test if random documents, as many as said, are answered
// differently by the two engines. second says what the second one does.
func wantSameAnswers(t *testing.T, engines [2]*Engine, documents uint64, second string) {
	t.Helper()
	for seed := range documents {
		r := randomDocument(engines[0].schema, seed)
		var bodies [2]string
		for i, e := range engines {
			resp := e.Execute(t.Context(), &Request{Query: r.Query, Variables: r.Variables, Root: Ref{Obj: &worldObject{seed: 1 + uint32(seed)}}, AllowMutation: true})
			bodies[i] = string(resp.Body)
			resp.Release()
		}
		if bodies[0] != bodies[1] {
			t.Fatalf("%s:\n%s, %s\n%s", r.Query, bodies[0], second, bodies[1])
		}
	}
}
