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
	wantSameAnswers(t, engines, 300, "read ahead")
	if calls == 0 {
		t.Error("nothing was read ahead")
	}
}
