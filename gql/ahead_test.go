package gql

import "testing"

// TestAhead: a reader that reads ahead gets the items of long lists, each list once, and
// answers do not depend on it.
func TestAhead(t *testing.T) {
	calls := 0
	var engines [2]*Engine
	for i := range engines {
		cfg := worldConfig(t, Limits{})
		for _, fields := range cfg.Bindings {
			for name, b := range fields {
				if list := b.List; list != nil {
					b.List = func(c *Call, src Ref, dst []Ref) ([]Ref, bool, error) {
						refs, ok, err := list(c, src, dst)
						for len(refs) > 0 && len(refs) < aheadFrom {
							refs = append(refs, refs...)
						}
						return refs, ok, err
					}
				}
				if b.Leaf != nil && i == 1 {
					b.Ahead = func(_ *Call, items []Ref) {
						if calls++; len(items) < aheadFrom {
							t.Errorf("reads ahead for %d items", len(items))
						}
					}
				}
				fields[name] = b
			}
		}
		engines[i] = newEngine(t, cfg)
	}
	for seed := range uint64(300) {
		r := randomDocument(engines[0].schema, seed)
		var bodies [2]string
		for i, e := range engines {
			resp := e.Execute(t.Context(), &Request{Query: r.Query, Variables: r.Variables, Root: Ref{Obj: &worldObject{seed: 1 + uint32(seed)}}, AllowMutation: true})
			bodies[i] = string(resp.Body)
			resp.Release()
		}
		if bodies[0] != bodies[1] {
			t.Fatalf("%s:\n%s, read ahead\n%s", r.Query, bodies[0], bodies[1])
		}
	}
	if calls == 0 {
		t.Error("nothing was read ahead")
	}
}
