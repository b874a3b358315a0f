package gql

import (
	"context"

	"github.com/graphql-go/graphql"
)

// Ref is a handle to a value of an object type. Bound readers take and return Refs. The binder
// chooses what Obj and Index mean, for example a pointer (which costs no allocation) and the number
// of a row. The engine never looks into Obj, except that a list item with a nil Obj is null.
type Ref struct {
	Obj   any
	Index uint64
}

// Call is what a reader gets in addition to its Ref. It is valid only during the call; a reader
// must not keep it.
type Call struct {
	// Ctx is the request's context. Readers with long loops check it.
	Ctx context.Context
	// Args is the result of Binding.Prepare. If Prepare is nil, Args is the coerced map[string]any,
	// or nil if the field declares no arguments. Concurrent requests may share Args, so readers
	// must not change it.
	Args any
	// Request is the Value of the [Request].
	Request any
}

// Binding defines how one field is read, without reflection. Exactly one of Leaf, Object, List and
// Stream is set, and it must fit the field's type: Leaf for scalars, enums and lists of them,
// Object for one object, List for a list of objects.
//
// Readers run concurrently for different requests. A panic in a reader becomes an error of its
// field with code INTERNAL; only Config.OnPanic gets the text of the panic.
type Binding struct {
	// Prepare turns the coerced arguments into the form that the readers want. Prepare runs once
	// for each field node: at compile time if the arguments hold no variables, else once for each
	// request. All requests of the plan share a result computed at compile time, so it must not
	// change. An error becomes the field's error, located at the argument that an [ArgumentError]
	// names, otherwise at the field. Prepare must not change the arguments, because requests share
	// constants. It may keep the values of args but not the map itself, because the engine reuses
	// the map.
	Prepare func(args map[string]any) (any, error)

	// Leaf appends the JSON of a leaf value, or of a list of leaves, to dst and
	// returns it. Appending nothing means null. Enum values are appended as JSON
	// strings of their names.
	Leaf func(c *Call, src Ref, dst []byte) ([]byte, error)

	// Object returns the object; ok false means null.
	Object func(c *Call, src Ref) (ref Ref, ok bool, err error)

	// List appends the items to dst and returns it; ok false means that the list
	// itself is null. An item with a nil Obj is null.
	List func(c *Call, src Ref, dst []Ref) (items []Ref, ok bool, err error)

	// Stream opens the event stream of a subscription's root field. If another reader is set, it
	// reads each event; otherwise the event is the field's value. The stream ends when the channel
	// is closed, and the binder must close the channel after Ctx is done. Stream is the only reader
	// that may be combined with another one.
	Stream func(c *Call, src Ref) (<-chan Ref, error)

	// Items estimates how many items the field, or the page it opens, will list for these
	// arguments. The estimate feeds the cost limit. If Items is nil, the arguments "first" and
	// "last" are used, then Limits.ListSize.
	Items func(args map[string]any) int

	// Repeats marks an Object whose answer is long and to whose Ref several parents may lead. The
	// engine then writes the answer once for each request and copies it afterwards. The Obj must be
	// comparable, and everything read below the field must depend on the Ref alone.
	Repeats bool

	// Ahead, for a Leaf, prefetches what the reader will read of each object in a long list, so
	// that the waits for memory overlap. The engine calls Ahead once for each list, for only one of
	// the selected fields that have it.
	Ahead func(c *Call, items []Ref)

	// Workload names the kind of work that the field causes, one of Config.Workloads. It is empty
	// for work that need not be measured separately. See [RootField].
	Workload string
}

// ArgumentError is an error of Prepare about one argument; the response gives the location of that
// argument.
type ArgumentError struct {
	// Argument is the name of the wrong argument.
	Argument string
	// Err says what is wrong with it and what to do.
	Err error
}

func (e *ArgumentError) Error() string { return e.Err.Error() }

// Unwrap returns Err, so that its Extensions reach the response.
func (e *ArgumentError) Unwrap() error { return e.Err }

// Config describes an engine. New checks all of it and reports every fault.
type Config struct {
	// Schema is the type system. The engine reads the schema once: later changes have no effect.
	// graphql-go's Extensions do not run.
	Schema graphql.Schema
	// Bindings holds the reader of each field of each object type, by type name and field
	// name. graphql-go's Resolve and Subscribe functions are not called.
	Bindings map[string]map[string]Binding
	// TypeOf names the concrete type of a Ref, by interface or union. The entry "" serves
	// interfaces and unions without an entry.
	TypeOf map[string]func(Ref) string
	// Meta holds what graphql-go's types cannot express.
	Meta Meta
	// Workloads lists the kinds of work that bindings name, from the lightest to the
	// heaviest.
	Workloads []string
	// Limits bounds every request. The zero value means the documented defaults.
	Limits Limits
	// OnPanic is called with each panic in a reader. The arguments are the field as Type.field
	// (empty if the panic happened outside any field), the recovered value and the stack. If
	// OnPanic is nil, panics are not reported.
	OnPanic func(field string, value any, stack []byte)
	// ClientError turns an error of a reader, a stream or Prepare into the one whose text
	// and Extensions the client gets. Nil sends every error as it is.
	ClientError func(err error) error
}

// Meta is the metadata of a schema that graphql-go cannot hold. Keys are schema
// coordinates: "Type.field", "Type.field(arg:)", "Input.field", "@directive(arg:)".
type Meta struct {
	// Description describes the schema.
	Description string
	// OneOf names the input objects of which exactly one field must be given.
	OneOf []string
	// SpecifiedBy gives the specification's URL of a custom scalar, by its name.
	SpecifiedBy map[string]string
	// Deprecated gives the reason by the coordinate of an argument or input field. Fields
	// and enum values have their reasons in graphql-go.
	Deprecated map[string]string
	// Defaults gives a default value as a GraphQL literal, by the coordinate of an
	// argument or input field. It overrides graphql-go's DefaultValue, which cannot
	// distinguish null from absent.
	Defaults map[string]string
	// Interfaces lists the interfaces that an interface implements.
	Interfaces map[string][]string
	// Directives are definitions in addition to graphql-go's. A definition here replaces
	// graphql-go's of the same name.
	Directives []Directive
	// Scalars has, by the name of a custom scalar, a function that coerces its input. The function
	// replaces graphql-go's ParseValue and ParseLiteral, which cannot say what is wrong. It gets
	// the JSON value or literal in Go form: bool, string, int (or float64 if it does not fit),
	// float64, []any or map[string]any; never nil. If the function returns nil and no error, the
	// value does not fit, and the engine words the message.
	Scalars map[string]func(value any) (any, error)
}

// Directive defines a directive. The engine validates its uses and lists it in introspection, but
// executes only @skip and @include.
type Directive struct {
	Name        string
	Description string
	// Locations are names from the specification, e.g. "FIELD".
	Locations  []string
	Args       graphql.FieldConfigArgument
	Repeatable bool
}
