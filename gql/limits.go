package gql

import (
	"math"

	"github.com/caspian-kg/caspian/gql/internal/document"
	"github.com/caspian-kg/caspian/gql/internal/value"
)

// Limits bounds one request. A zero field means its default; a negative
// one means no limit. Each refusal carries the code below in extensions.code, the limit
// in extensions.limit and the value met in extensions.actual.
type Limits struct {
	Bytes             int // length of the document; LIMIT_BYTES, default 256 KiB
	Tokens            int // lexical tokens; LIMIT_TOKENS, default 20,000, never above a million
	Nesting           int // open brackets of any kind at once; LIMIT_NESTING, default 128, never above 900
	Operations        int // operations in the document; LIMIT_OPERATIONS, default 50
	Depth             int // levels of fields through fragments; LIMIT_DEPTH, default 24
	Aliases           int // aliased fields after expanding fragments; LIMIT_ALIASES, default 500
	RootFields        int // fields of the operation's root; LIMIT_ROOT_FIELDS, default 100
	Directives        int // directives in the document; LIMIT_DIRECTIVES, default 500
	Fields            int // selections after expanding fragments; LIMIT_FIELDS, default 20,000
	Cost              int // fields weighted by list sizes, as estimated before running; LIMIT_COST, default 2,000,000
	ListSize          int // items assumed for a list without a stated size; default 10
	Output            int // bytes of one answer, checked while it is written; LIMIT_OUTPUT, default 64 MiB
	OutputTotal       int // bytes of all long answers that are not yet released; OVERLOADED, default 512 MiB
	VariableBytes     int // length of the variables; LIMIT_VARIABLES, default 4 MiB
	VariableValues    int // values in the variables, at any depth; LIMIT_VARIABLES, default 500,000
	VariableDepth     int // nesting of the variables; LIMIT_VARIABLES, default 100
	SubscriptionBytes int // length of document and variables of a subscription, held while it lasts; LIMIT_SUBSCRIPTION, default 64 KiB
	Introspection     int // nesting of introspection lists (fields, interfaces …); LIMIT_INTROSPECTION, default 2
	Errors            int // errors listed in one answer, further ones are only counted; default 100
	PlanCacheBytes    int // memory of cached plans; default 32 MiB

	// NoIntrospection refuses __schema and __type with INTROSPECTION_DISABLED, and keeps
	// names of the schema out of errors: nothing is suggested, and "…" replaces every name
	// that the request did not contain.
	NoIntrospection bool
}

func (l Limits) document() document.Limits {
	return document.Limits{
		Bytes: l.Bytes, Tokens: l.Tokens, Nesting: l.Nesting, Operations: l.Operations, Depth: l.Depth, Aliases: l.Aliases,
		RootFields: l.RootFields, Directives: l.Directives, Fields: l.Fields, Introspection: l.Introspection, Errors: l.Errors,
		NoIntrospection: l.NoIntrospection,
	}
}

func (l Limits) variables() value.Limits {
	return value.Limits{Bytes: l.VariableBytes, Values: l.VariableValues, Depth: l.VariableDepth, Errors: l.Errors}
}

// DefaultLimits returns the limits that a zero Limits means.
func DefaultLimits() Limits { return Limits{}.withDefaults() }

// maxNesting is below gqlparser's own limit of 1000, so that our limit answers first.
const maxNesting = 900

func (l Limits) withDefaults() Limits {
	set := func(p *int, def int) {
		switch {
		case *p == 0:
			*p = def
		case *p < 0:
			*p = math.MaxInt
		}
	}
	set(&l.Bytes, 256<<10)
	set(&l.Tokens, 20_000)
	set(&l.Nesting, 128)
	set(&l.Operations, 50)
	set(&l.Depth, 24)
	set(&l.Aliases, 500)
	set(&l.RootFields, 100)
	set(&l.Directives, 500)
	set(&l.Fields, 20_000)
	set(&l.Cost, 2_000_000)
	set(&l.ListSize, 10)
	set(&l.Output, 64<<20)
	set(&l.OutputTotal, 512<<20)
	set(&l.VariableBytes, 4<<20)
	set(&l.VariableValues, 500_000)
	set(&l.VariableDepth, 100)
	set(&l.SubscriptionBytes, 64<<10)
	set(&l.Introspection, 2)
	set(&l.Errors, 100)
	set(&l.PlanCacheBytes, 32<<20)
	l.Nesting = min(l.Nesting, maxNesting)
	l.Tokens = min(l.Tokens, 1_000_000) // because chains of fragments are followed by recursion
	// Even an unlimited depth must not exhaust the stack. Nesting bounds one definition; this limit
	// bounds a chain of fragments.
	l.Depth = min(l.Depth, 10_000)
	l.VariableDepth = min(l.VariableDepth, 5_000)
	if l.ListSize == math.MaxInt {
		l.ListSize = 10
	}
	return l
}
