// Package roles says who a caller is, what it may do and what it may see.
//
// Read Role, Identity and Policy first. A policy is read from the file of --access (file.go): it hides sources, types
// and relations from some roles and groups, and so gives each identity its lens. The package must not know requests,
// nor how a caller proves who it is.
package roles

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/lens"
	"github.com/caspian-kg/caspian/schema"
	"github.com/caspian-kg/caspian/server/tokens"
)

// Role is what a caller may do; each role includes those before it.
type Role int

// The roles.
const (
	Nobody      Role = iota // only asks whether the service is ready
	Reader                  // reads what is not hidden from it
	Contributor             // also proposes changes
	Editor                  // also makes changes, and accepts or rejects proposals
	Admin                   // also sees everything, and gets snapshots and metrics
)

var names = [...]string{"none", "reader", "contributor", "editor", "admin"}

func (r Role) String() string { return names[r] }

// Names lists the roles that a token may have.
func Names() []string { return names[1:] }

// named finds the role with a name. It is called for each request, and so makes no error.
func named(name string) (r Role, ok bool) {
	i := slices.Index(names[:], name)
	return Role(max(0, i)), i > 0
}

// Parse returns the role with a name.
func Parse(name string) (Role, error) {
	if role, ok := named(name); ok {
		return role, nil
	}
	return Nobody, graph.Errorf(graph.BadInput, "there is no role %q; the roles are %s", graph.Clip(name), strings.Join(Names(), ", "))
}

// Identity is who a caller is.
type Identity struct {
	// Name is that of a token's holder, or of the subject of an identity provider; "" if it is not known.
	Name   string
	Role   Role
	Groups []string
}

// has reports whether the identity is in a list of roles and groups. A role in the list includes those above it.
func (i *Identity) has(list []string) bool {
	return slices.ContainsFunc(list, func(name string) bool {
		if role, ok := named(name); ok {
			return i.Role >= role
		}
		return slices.Contains(i.Groups, name)
	})
}

// OfToken returns the identity of a token's holder. usual is the role of a token that names none.
func OfToken(h tokens.Holder, usual Role) Identity {
	i := Identity{Name: h.Name, Role: usual, Groups: h.Groups}
	if role, ok := named(h.Role); ok { // Check found others
		i.Role = role
	}
	return i
}

// Check returns what is wrong with the roles of tokens.
func Check(name string, t *tokens.Tokens) error {
	var faults graph.Problems
	for i := range t.Len() {
		if h := t.Holder(i); h.Role != "" {
			if _, err := Parse(h.Role); err != nil {
				faults = append(faults, graph.Problem{Position: graph.Position{File: name}, Code: graph.BadInput, Message: "the token of " + h.Name + ": " + err.Error()})
			}
		}
	}
	if faults != nil {
		return faults
	}
	return nil
}

// Embargo hides something from everyone but admins and those whom it names.
type Embargo struct {
	lens.Rule
	// VisibleTo are the roles and groups from whom it hides nothing.
	VisibleTo []string
	at        graph.Position
}

// Policy decides what identities may see. The nil policy hides nothing. A policy never changes.
type Policy struct {
	// Closed is true if a caller without a token may not read.
	Closed    bool
	embargoes []Embargo

	ontology *schema.Ontology
	lenses   *lenses
}

// maxLenses bounds the graphs that are held beside the whole one.
const maxLenses = 16

// lenses are those that identities have needed, by name. They outlive policies, so that a new policy with the same
// rules need not build the graph again.
type lenses struct {
	mu     sync.Mutex
	list   map[string]*lens.Lens
	chosen map[string]*lens.Lens // by the embargoes that apply, a byte for each
}

// For binds the policy to an ontology. The error names every rule that does not fit it. earlier is the policy that
// this one replaces, or nil.
func (p *Policy) For(o *schema.Ontology, earlier *Policy) (*Policy, error) {
	if p == nil {
		return nil, nil
	}
	var faults graph.Problems
	for _, e := range p.embargoes {
		if _, err := lens.New(o, []lens.Rule{e.Rule}); err != nil {
			faults = append(faults, graph.Problem{Position: e.at, Code: graph.UnknownName, Message: fmt.Sprintf("%s: %v", e.Rule, oneFault(err))})
		}
	}
	if faults != nil {
		return nil, faults
	}
	bound := *p
	bound.ontology, bound.lenses = o, &lenses{list: map[string]*lens.Lens{}, chosen: map[string]*lens.Lens{}}
	if earlier != nil && earlier.ontology == o {
		bound.lenses.list = bound.kept(earlier)
	}
	return &bound, nil
}

func oneFault(err error) string {
	if list, ok := err.(graph.Problems); ok && len(list) == 1 {
		return list[0].Message
	}
	return err.Error()
}

// kept returns the lenses of an earlier policy if the rules are the same.
func (p *Policy) kept(earlier *Policy) map[string]*lens.Lens {
	same := slices.EqualFunc(p.embargoes, earlier.embargoes, func(a, b Embargo) bool {
		return a.Rule == b.Rule && slices.Equal(a.VisibleTo, b.VisibleTo)
	})
	if !same {
		return map[string]*lens.Lens{}
	}
	earlier.lenses.mu.Lock()
	defer earlier.lenses.mu.Unlock()
	list := map[string]*lens.Lens{}
	for name, l := range earlier.lenses.list {
		list[name] = l
	}
	return list
}

// Lens returns the lens of an identity; nil if nothing is hidden from it. If identities already need too many lenses,
// a further one gets the lens that hides all that the policy names.
func (p *Policy) Lens(i Identity) *lens.Lens {
	if p == nil || i.Role == Admin {
		return nil
	}
	var room [64]byte
	applies, any := room[:0], false
	for _, e := range p.embargoes {
		b := byte(0)
		if !i.has(e.VisibleTo) {
			b, any = 1, true
		}
		applies = append(applies, b)
	}
	if !any {
		return nil
	}
	p.lenses.mu.Lock()
	defer p.lenses.mu.Unlock()
	if l := p.lenses.chosen[string(applies)]; l != nil {
		return l
	}
	l := p.choose(applies)
	p.lenses.chosen[string(applies)] = l
	return l
}

func (p *Policy) choose(applies []byte) *lens.Lens {
	var rules, all []lens.Rule
	for i, e := range p.embargoes {
		if all = append(all, e.Rule); applies[i] == 1 {
			rules = append(rules, e.Rule)
		}
	}
	l := p.lensOf(rules)
	if p.lenses.list[l.Name()] == nil && len(p.lenses.list) >= maxLenses {
		l = p.lensOf(all)
	}
	p.lenses.list[l.Name()] = l
	return l
}

// lensOf returns the lens with the rules, which is the one in the list if it is there.
func (p *Policy) lensOf(rules []lens.Rule) *lens.Lens {
	l, err := lens.New(p.ontology, rules)
	if err != nil {
		panic("roles: " + err.Error()) // For has checked each rule
	}
	if known := p.lenses.list[l.Name()]; known != nil {
		return known
	}
	return l
}
