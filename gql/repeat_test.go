package gql

import "testing"

// TestRepeats: in a world of few objects, answers that copy what was written for an
// object are the same as those that read it again, errors and their paths included.
func TestRepeats(t *testing.T) {
	reads := [2]int{}
	var engines [2]*Engine
	for i := range engines {
		cfg := worldConfig(t, Limits{})
		few := map[worldObject]*worldObject{}
		one := func(r Ref) Ref {
			if o, ok := r.Obj.(*worldObject); ok && o != nil {
				small := worldObject{o.seed % 4, o.typ}
				if few[small] == nil {
					few[small] = &small
				}
				r.Obj = few[small]
			}
			return r
		}
		for _, fields := range cfg.Bindings {
			for name, b := range fields {
				if object := b.Object; object != nil {
					b.Object = func(c *Call, src Ref) (Ref, bool, error) {
						reads[i]++
						ref, ok, err := object(c, src)
						return one(ref), ok, err
					}
					b.Repeats = i == 1
				}
				if list := b.List; list != nil {
					b.List = func(c *Call, src Ref, dst []Ref) ([]Ref, bool, error) {
						refs, ok, err := list(c, src, dst)
						for j := range refs {
							refs[j] = one(refs[j])
						}
						return append(refs, refs...), ok, err
					}
				}
				fields[name] = b
			}
		}
		engines[i] = newEngine(t, cfg)
	}
	wantSameAnswers(t, engines, 3000, "with copies")
	if reads[1] >= reads[0] {
		t.Errorf("%d objects are read with copies, %d without", reads[1], reads[0])
	}
}
