package gql

import (
	"math"
	"strconv"
	"unsafe"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/caspian-kg/caspian/codes"
	"github.com/caspian-kg/caspian/gql/internal/document"
	"github.com/caspian-kg/caspian/gql/internal/failure"
	"github.com/caspian-kg/caspian/gql/internal/typesys"
	"github.com/caspian-kg/caspian/gql/internal/value"
)

// plan is an operation compiled for one set of values of its @skip and @include
// variables: fragments, merging, conditions and readers are resolved. It never changes
// and is shared by requests.
type plan struct {
	doc   *document.Document
	op    *ast.OperationDefinition
	root  *selection
	each  []selection // a selection for each root field, to time them separately
	slots []*field    // fields whose arguments depend on variables, by slot
	cost  float64     // valid if no list size depends on variables
	bytes int         // the estimated memory of the plan
}

// selection lists the fields to read from an object of one concrete type.
type selection struct {
	typ      *typesys.Type
	fields   []field
	dynamic  bool // the size of some list in it depends on variables
	ahead    func(*Call, []Ref)
	workload uint8 // the heaviest workload of its fields
	cost     weight
}

// weight is the cost of a selection as a function of the size n of the surrounding page: once +
// perItem*n.
type weight struct{ once, perItem float64 }

func (w weight) of(n float64) float64 { return w.once + w.perItem*n }

type reader uint8

const (
	readLeaf reader = iota
	readObject
	readList
	readTypename
	readEvent // of a subscription: the event is the field's value
)

// field is one field of a response. It has 128 bytes, and the parts that a leaf needs come first,
// so that reading a leaf touches one cache line.
type field struct {
	key         string // `,"name":`, without the comma for the first one; for __typename, also its value
	leaf        func(*Call, Ref, []byte) ([]byte, error)
	args        any
	argErr      *failure.Error // the error of constant arguments
	slot        int32          // index into the slots of a plan; -1 if args has the arguments
	read        reader
	nonNull     bool
	itemNonNull bool  // the items of a bound list must not be null
	workload    uint8 // the heaviest workload of this field and those below it

	sub     *subselection // nil for leaves
	def     *typesys.Field
	binding *Binding       // nil for __typename
	raw     map[string]any // coerced constant arguments: all of them, or for a field with a slot those without variables
	name    string         // the name in the response
	nodes   []*ast.Field
}

// subselection lists what to read from the objects of a field.
type subselection struct {
	single   *selection            // if the field's type is an object type
	byName   map[string]*selection // if the field's type is abstract, by the name of the concrete type
	abstract *typesys.Type
	typeOf   func(Ref) string
}

// compiler builds one plan.
type compiler struct {
	e     *Engine
	doc   *document.Document
	conds map[string]bool
	plan  *plan
	memo  map[memoKey]*selection
	left  int // how many fields may still be compiled
}

// memoKey identifies a selection that several parents share: the nodes of an interface's field are
// the same for all types of the interface. Without sharing, the size of a plan is the number of
// types to the power of the depth.
type memoKey struct {
	typ   *typesys.Type
	nodes string // addresses of the field nodes
}

// planFields times Limits.Fields bounds the fields of a plan, 128 bytes each. A plan has more
// fields than its document has selections, because a selection on an interface is compiled for each
// of its types.
const planFields = 5

func compile(e *Engine, doc *document.Document, op *ast.OperationDefinition, conds map[string]bool) (*plan, *failure.Refusal) {
	p := &plan{doc: doc, op: op}
	left := e.limits.Fields
	if left < math.MaxInt/planFields {
		left *= planFields
	}
	c := &compiler{e: e, doc: doc, conds: conds, plan: p, memo: map[memoKey]*selection{}, left: left}
	root := e.schema.Root(op.Operation)
	var g grouping
	c.collect(&g, root, op.SelectionSet)
	p.root = c.selection(root, &g)
	if c.left < 0 {
		return nil, failure.OverLimit(codes.LimitFields, "the plan's number of fields", left, left-c.left)
	}
	p.each = make([]selection, len(p.root.fields))
	for i := range p.each {
		p.each[i] = selection{typ: root, fields: p.root.fields[i : i+1 : i+1]}
	}
	p.bytes += len(p.each) * int(unsafe.Sizeof(selection{}))
	p.cost = p.root.cost.of(float64(e.limits.ListSize))
	p.bytes += int(unsafe.Sizeof(plan{}))
	return p, nil
}

// grouping collects the field nodes of one object by response name, in order of first appearance.
type grouping struct {
	order [][]*ast.Field
	index map[string]int
	seen  map[string]bool // the names of the fragments already expanded
}

func (c *compiler) collect(g *grouping, t *typesys.Type, set ast.SelectionSet) {
	for _, sel := range set {
		switch sel := sel.(type) {
		case *ast.Field:
			if !c.included(sel.Directives) {
				continue
			}
			if g.index == nil {
				g.index = make(map[string]int, len(set))
			}
			i, ok := g.index[sel.Alias]
			if !ok {
				i = len(g.order)
				g.index[sel.Alias] = i
				g.order = append(g.order, nil)
			}
			g.order[i] = append(g.order[i], sel)
		case *ast.InlineFragment:
			if c.included(sel.Directives) && c.applies(sel.TypeCondition, t) {
				c.collect(g, t, sel.SelectionSet)
			}
		case *ast.FragmentSpread:
			if g.seen[sel.Name] || !c.included(sel.Directives) {
				continue
			}
			if g.seen == nil {
				g.seen = map[string]bool{}
			}
			g.seen[sel.Name] = true
			if f := c.doc.Fragments[sel.Name]; c.applies(f.TypeCondition, t) {
				c.collect(g, t, f.SelectionSet)
			}
		}
	}
}

func (c *compiler) applies(condition string, t *typesys.Type) bool {
	return condition == "" || condition == t.Name || c.e.schema.ByName[condition].PossibleSet[t]
}

func (c *compiler) included(list ast.DirectiveList) bool {
	for _, d := range list {
		if d.Name != "skip" && d.Name != "include" {
			continue
		}
		v := d.Arguments[0].Value
		is := v.Raw == "true"
		if v.Kind == ast.Variable {
			is = c.conds[v.Raw]
		}
		if is == (d.Name == "skip") {
			return false
		}
	}
	return true
}

func (c *compiler) selection(t *typesys.Type, g *grouping) *selection {
	sel := &selection{typ: t, fields: make([]field, len(g.order))}
	c.left -= len(g.order)
	c.plan.bytes += int(unsafe.Sizeof(selection{})) + len(g.order)*int(unsafe.Sizeof(field{}))
	if c.left < 0 {
		return sel
	}
	for i, nodes := range g.order {
		c.field(sel, i, nodes)
		sel.workload = max(sel.workload, sel.fields[i].workload)
		if b := sel.fields[i].binding; b != nil && b.Ahead != nil {
			sel.ahead = b.Ahead
		}
	}
	c.weigh(sel)
	return sel
}

func (c *compiler) field(sel *selection, i int, nodes []*ast.Field) {
	node := nodes[0]
	def := c.e.schema.Field(sel.typ, node.Name)
	f := &sel.fields[i]
	*f = field{slot: -1, def: def, nodes: nodes, name: node.Alias, nonNull: def.Type.NonNull}
	f.key = strconv.Quote(node.Alias) + ":" // a GraphQL name needs no JSON escapes
	if i > 0 {
		f.key = "," + f.key
	}
	c.plan.bytes += len(f.key)
	if def == c.e.schema.TypenameField {
		f.read, f.key = readTypename, f.key+`"`+sel.typ.Name+`"`
		return
	}
	b := c.e.readers.fields[def.ID]
	f.binding, f.workload = &b.Binding, b.workload
	switch {
	case b.Leaf != nil:
		f.read, f.leaf = readLeaf, b.Leaf
	case b.Object != nil:
		f.read = readObject
	case b.List != nil:
		f.read, f.itemNonNull = readList, def.Type.Elem.NonNull
	default: // only Stream is set
		f.read = readEvent
	}
	c.arguments(f)
	if t := def.Type.Base(); t.Composite() {
		f.sub = c.sub(t, nodes)
		f.workload = max(f.workload, f.sub.workload())
	}
}

// arguments coerces the arguments of a field if they are constant, and otherwise assigns a slot.
func (c *compiler) arguments(f *field) {
	if len(f.def.Args) == 0 {
		return
	}
	for _, a := range f.nodes[0].Arguments {
		if value.HasVariable(a.Value) {
			f.slot = int32(len(c.plan.slots))
			c.plan.slots = append(c.plan.slots, f)
			c.fix(f)
			return
		}
	}
	var err *failure.Error
	f.raw, err = coerceArguments(f, nil, make(map[string]any, len(f.def.Args)))
	if err == nil {
		f.args, err = c.e.prepare(f, f.raw)
	}
	f.argErr = err
	c.plan.bytes += 64 * len(f.raw)
}

// fix coerces the constant arguments of a field that also has arguments with variables. It skips a
// wrong argument: each request will report it.
func (c *compiler) fix(f *field) {
	for _, d := range f.def.Args {
		a := f.nodes[0].Arguments.ForName(d.Name)
		if a == nil || value.HasVariable(a.Value) {
			continue
		}
		if val, err := value.CoerceLiteral(a.Value, d.Type, nil); err == nil {
			if f.raw == nil {
				f.raw = map[string]any{}
			}
			f.raw[d.Name] = val
			c.plan.bytes += 64
		}
	}
}

func (c *compiler) sub(t *typesys.Type, nodes []*ast.Field) *subselection {
	c.plan.bytes += int(unsafe.Sizeof(subselection{}))
	if !t.Abstract() {
		return &subselection{single: c.shared(t, nodes)}
	}
	s := &subselection{abstract: t, byName: make(map[string]*selection, len(t.Possible)), typeOf: c.e.readers.typeOf[t]}
	c.plan.bytes += 48 * len(t.Possible)
	for _, p := range t.Possible {
		s.byName[p.Name] = c.shared(p, nodes)
	}
	return s
}

// workload returns the heaviest workload of the selections.
func (s *subselection) workload() uint8 {
	if s.single != nil {
		return s.single.workload
	}
	heaviest := uint8(0)
	for _, sel := range s.byName {
		heaviest = max(heaviest, sel.workload)
	}
	return heaviest
}

func (c *compiler) shared(t *typesys.Type, nodes []*ast.Field) *selection {
	key := memoKey{typ: t, nodes: addresses(nodes)}
	if s := c.memo[key]; s != nil {
		return s
	}
	var g grouping
	for _, n := range nodes {
		c.collect(&g, t, n.SelectionSet)
	}
	s := c.selection(t, &g)
	c.memo[key] = s
	return s
}

func addresses(nodes []*ast.Field) string {
	b := make([]byte, 0, 8*len(nodes))
	for _, n := range nodes {
		p := uint64(uintptr(unsafe.Pointer(n)))
		for range 8 {
			b = append(b, byte(p))
			p >>= 8
		}
	}
	return string(b)
}

// weigh computes the cost of a selection if the cost depends on no variable.
func (c *compiler) weigh(sel *selection) {
	for i := range sel.fields {
		f := &sel.fields[i]
		if f.sub == nil {
			continue
		}
		if f.sub.single != nil {
			sel.dynamic = sel.dynamic || f.sub.single.dynamic
		}
		for _, s := range f.sub.byName {
			sel.dynamic = sel.dynamic || s.dynamic
		}
		if f.slot >= 0 && sized(f) {
			sel.dynamic = true
		}
	}
	if !sel.dynamic {
		sel.cost = weigh(sel, float64(c.e.limits.ListSize), func(s *selection) weight { return s.cost }, func(f *field) map[string]any { return f.raw })
	}
}

// sized reports whether the field's arguments determine how many items the field lists.
func sized(f *field) bool {
	if f.binding.Items != nil {
		return true
	}
	return f.def.ArgByName["first"] != nil || f.def.ArgByName["last"] != nil
}

// size returns the number of items that a field's arguments request, or -1 if the arguments request
// no number.
func size(f *field, args map[string]any) float64 {
	if f.binding.Items != nil {
		return max(0, float64(f.binding.Items(args)))
	}
	for _, name := range [...]string{"first", "last"} {
		if n, ok := args[name].(int); ok && f.def.ArgByName[name] != nil {
			return max(0, float64(n))
		}
	}
	return -1
}

// weigh adds up the cost of a selection. A field costs 1. A list costs its length times the
// selection of an item. A page is an object whose arguments give a size; that size applies to the
// lists directly in the page, such as the edges and nodes of a connection.
func weigh(sel *selection, listSize float64, cost func(*selection) weight, args func(*field) map[string]any) weight {
	var w weight
	for i := range sel.fields {
		f := &sel.fields[i]
		w.once++
		if f.sub == nil {
			continue
		}
		var sub weight
		if f.sub.single != nil {
			sub = cost(f.sub.single)
		}
		for _, s := range f.sub.byName {
			o := cost(s)
			sub.once, sub.perItem = max(sub.once, o.once), max(sub.perItem, o.perItem)
		}
		n := -1.0
		if sized(f) {
			n = size(f, args(f))
		}
		isList := f.def.Type.Elem != nil
		switch {
		case isList && n >= 0:
			w.once += n * sub.of(listSize)
		case isList:
			w.perItem += sub.of(listSize)
		case n >= 0:
			w.once += sub.of(n)
		default:
			w.once += sub.of(listSize)
		}
	}
	return w
}

// coerceArguments coerces the arguments of a field's first node into args, which must be
// empty. vars is nil if the arguments are constant.
func coerceArguments(f *field, vars *value.Variables, args map[string]any) (map[string]any, *failure.Error) {
	node := f.nodes[0]
	for _, d := range f.def.Args {
		a := node.Arguments.ForName(d.Name)
		if a == nil {
			if d.HasDefault {
				args[d.Name] = d.DefaultValue
			}
			continue
		}
		if val, ok := f.raw[d.Name]; ok {
			args[d.Name] = val
			continue
		}
		val, err := value.CoerceLiteral(a.Value, d.Type, vars)
		if err == value.ErrAbsent && a.Value.Kind == ast.Variable {
			if d.HasDefault {
				args[d.Name] = d.DefaultValue
			} else if d.Type.NonNull {
				return nil, argumentError(a, "Argument \""+d.Name+"\" of required type \""+d.Type.Shown()+"\" was provided the variable \"$"+a.Value.Raw+"\" which was not provided a runtime value.")
			}
			continue
		}
		if err != nil {
			if a.Value.Kind == ast.Variable {
				return nil, argumentError(a, "Argument \""+d.Name+"\" of non-null type \""+d.Type.Shown()+"\" must not be null.")
			}
			return nil, argumentError(a, "Argument \""+d.Name+"\" has invalid value "+failure.Abbreviate(value.Print(a.Value))+".")
		}
		args[d.Name] = val
	}
	return args, nil
}

func argumentError(a *ast.Argument, msg string) *failure.Error {
	return &failure.Error{Message: msg, Locations: failure.At(a.Value.Position), Extensions: map[string]any{"code": codes.BadUserInput}}
}
