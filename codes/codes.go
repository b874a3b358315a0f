// Package codes lists every extensions.code that an error of the API may carry: what it
// means, the status that goes with it and what to do about it. docs/errors.md is made from
// List.
//
// Read List first. It is a leaf: what an error is about, and how it is sent, is for
// others.
package codes

// The codes, each named as it is spelled.
const (
	BadRequest                 = "BAD_REQUEST"
	Unauthenticated            = "UNAUTHENTICATED"
	HostNotAllowed             = "HOST_NOT_ALLOWED"
	TooManyGuesses             = "TOO_MANY_GUESSES"
	OriginNotAllowed           = "ORIGIN_NOT_ALLOWED"
	OwnerOnly                  = "OWNER_ONLY"
	DocumentNotTrusted         = "DOCUMENT_NOT_TRUSTED"
	NotFound                   = "NOT_FOUND"
	ReservationNotFound        = "RESERVATION_NOT_FOUND"
	MethodNotAllowed           = "METHOD_NOT_ALLOWED"
	MutationNotAllowed         = "MUTATION_NOT_ALLOWED"
	NotAcceptable              = "NOT_ACCEPTABLE"
	RequestIncomplete          = "REQUEST_INCOMPLETE"
	StreamAlreadyOpen          = "STREAM_ALREADY_OPEN"
	OperationAlreadyExists     = "OPERATION_ALREADY_EXISTS"
	RequestTooLarge            = "REQUEST_TOO_LARGE"
	UnsupportedMediaType       = "UNSUPPORTED_MEDIA_TYPE"
	BatchingNotSupported       = "BATCHING_NOT_SUPPORTED"
	LimitBatch                 = "LIMIT_BATCH"
	PersistedQueryNotFound     = "PERSISTED_QUERY_NOT_FOUND"
	PersistedQueryNotSupported = "PERSISTED_QUERY_NOT_SUPPORTED"
	TooManySubscribers         = "TOO_MANY_SUBSCRIBERS"
	Unavailable                = "UNAVAILABLE"
	GraphQLParseFailed         = "GRAPHQL_PARSE_FAILED"
	GraphQLValidationFailed    = "GRAPHQL_VALIDATION_FAILED"
	OperationResolutionFailure = "OPERATION_RESOLUTION_FAILURE"
	SubscriptionNotSupported   = "SUBSCRIPTION_NOT_SUPPORTED"
	IntrospectionDisabled      = "INTROSPECTION_DISABLED"
	LimitBytes                 = "LIMIT_BYTES"
	LimitTokens                = "LIMIT_TOKENS"
	LimitNesting               = "LIMIT_NESTING"
	LimitOperations            = "LIMIT_OPERATIONS"
	LimitDirectives            = "LIMIT_DIRECTIVES"
	LimitDepth                 = "LIMIT_DEPTH"
	LimitAliases               = "LIMIT_ALIASES"
	LimitRootFields            = "LIMIT_ROOT_FIELDS"
	LimitFields                = "LIMIT_FIELDS"
	LimitIntrospection         = "LIMIT_INTROSPECTION"
	LimitVariables             = "LIMIT_VARIABLES"
	LimitSubscription          = "LIMIT_SUBSCRIPTION"
	LimitCost                  = "LIMIT_COST"
	BadUserInput               = "BAD_USER_INPUT"
	UnknownID                  = "UNKNOWN_ID"
	UnknownName                = "UNKNOWN_NAME"
	WrongType                  = "WRONG_TYPE"
	LimitWork                  = "LIMIT_WORK"
	LimitOutput                = "LIMIT_OUTPUT"
	LimitErrors                = "LIMIT_ERRORS"
	NullInNonNull              = "NULL_IN_NON_NULL"
	ReadOnly                   = "READ_ONLY"
	NoSource                   = "NO_SOURCE"
	Duplicate                  = "DUPLICATE"
	Cycle                      = "CYCLE"
	SeqMismatch                = "SEQ_MISMATCH"
	KeyReused                  = "KEY_REUSED"
	Timeout                    = "TIMEOUT"
	Cancelled                  = "CANCELLED"
	Overloaded                 = "OVERLOADED"
	SubscriptionBehind         = "SUBSCRIPTION_BEHIND"
	Internal                   = "INTERNAL"
)

// Entry is what there is to know of one code.
type Entry struct {
	Code string
	// Status are the statuses of answers in application/graphql-response+json whose first
	// error has the code, the usual one first; Partial for an error beside data, or null.
	Status []int
	// Meaning and Action are what has happened and what the client can do.
	Meaning, Action string
}

// Partial is the status of an answer that has data and errors.
const Partial = 294

// List has every code once, by what it is about.
var List = []Entry{
	// HTTP: what is wrong before a document is looked at.
	{BadRequest, []int{400, 422}, "the body or the address cannot be read (400), or is not what a request is made of (422)", "correct what the message names"},
	{Unauthenticated, []int{401}, "a token that is not known here, or none where one is needed", "send Authorization: Bearer TOKEN with a token of the service"},
	{HostNotAllowed, []int{421}, "the request names a host that the service does not answer for", "ask under a name of the service, or start it with --host for that one"},
	{TooManyGuesses, []int{429}, "too many wrong tokens from there", "try again after Retry-After, with the right token"},
	{OriginNotAllowed, []int{403}, "a socket opened by a page of another site", "start the service with --origin for that site"},
	{OwnerOnly, []int{403}, "the address is for the owner of the store, by the socket in its folder", "run 'caspian export' or 'caspian verify' on the machine of the service, as its user"},
	{DocumentNotTrusted, []int{403}, "the service answers documents of its list only, and this is not one of them", "have the document added to --documents"},
	{NotFound, []int{404}, "nothing is at that address", "ask at /graphql"},
	{ReservationNotFound, []int{404}, "no event stream is reserved or open under that token", "reserve one with PUT"},
	{MethodNotAllowed, []int{405}, "the address does not take that method", "use one that the header Allow names"},
	{MutationNotAllowed, []int{405}, "a mutation by GET or QUERY, which never write", "send it by POST"},
	{NotAcceptable, []int{406}, "the header Accept has no type that the address answers with", "accept application/graphql-response+json"},
	{RequestIncomplete, []int{408, 400}, "the body did not arrive in time (408), or broke off (400)", "send it again"},
	{StreamAlreadyOpen, []int{409}, "the reserved stream is open already", "reserve another with PUT"},
	{OperationAlreadyExists, []int{409}, "the stream has an operation of that id", "end it first, or choose another operationId"},
	{RequestTooLarge, []int{413}, "the body is above --max-body", "send less in one request"},
	{UnsupportedMediaType, []int{415}, "a body in another form or encoding than the service reads", "send application/json in UTF-8, as it is or with gzip"},
	{BatchingNotSupported, []int{422}, "a list of requests where one is taken", "send one, or have --batch turned on"},
	{LimitBatch, []int{422}, "the batch has more requests than --batch allows", "send fewer at once"},
	{PersistedQueryNotFound, []int{422}, "no document of that hash or id is known here", "send the document in full, with its hash"},
	{PersistedQueryNotSupported, []int{422}, "the service keeps no documents by their hash", "send documents in full"},
	{TooManySubscribers, []int{503}, "as many streams, sockets or operations are open as the service or the connection takes", "try again later, or complete some"},
	{Unavailable, []int{503, Partial}, "the service is starting or stopping, or minSequence was not reached in time", "try again after Retry-After"},
	// the document.
	{GraphQLParseFailed, []int{400}, "the text is not a GraphQL document", "correct it at the line and column given"},
	{GraphQLValidationFailed, []int{422}, "the document does not fit the schema", "correct it at the line and column given; /schema.graphql has the schema"},
	{OperationResolutionFailure, []int{422}, "no operation of that name, or several and none named", "give operationName"},
	{SubscriptionNotSupported, []int{422}, "a subscription where there is one answer", "ask for an event stream, or over a socket"},
	{IntrospectionDisabled, []int{422, 403}, "__schema or __type, or the schema at its address (403), on a service with --no-introspection", "ask its owner for the schema"},
	{LimitBytes, []int{422}, "the document is longer than --max-document", "send a shorter one"},
	{LimitTokens, []int{422}, "it has more tokens than --max-tokens", "ask for less in one document"},
	{LimitNesting, []int{422}, "more brackets are open at once than --max-nesting", "nest less"},
	{LimitOperations, []int{422}, "it has more operations than --max-operations", "send fewer"},
	{LimitDirectives, []int{422}, "it has more directives than --max-directives", "use fewer"},
	{LimitDepth, []int{422}, "its fields are nested deeper than --max-depth", "nest less"},
	{LimitAliases, []int{422}, "it has more aliases than --max-aliases", "use fewer"},
	{LimitRootFields, []int{422}, "it has more fields of the root than --max-root-fields", "use several requests"},
	{LimitFields, []int{422}, "it has more fields than --max-fields, fragments taken apart", "ask for fewer"},
	{LimitIntrospection, []int{422}, "introspection lists are nested deeper than --max-introspection", "nest less"},
	{LimitVariables, []int{422}, "the variables are longer, deeper or more than the limits for them", "send less in one request"},
	{LimitSubscription, []int{422}, "a subscription and its variables are longer than --max-subscription", "send a shorter one"},
	{LimitCost, []int{422}, "the fields, weighted by the sizes of lists, are above --max-cost", "ask for shorter lists (first), or fewer fields"},
	// what is asked for and given.
	{BadUserInput, []int{422, Partial}, "a variable, argument, value or date that is wrong in itself", "correct what the message names"},
	{UnknownID, []int{Partial}, "an id that names nothing", "look for the id with search"},
	{UnknownName, []int{Partial}, "a name that is no type, field or qualifier of the ontology", "use one that the message suggests"},
	{WrongType, []int{Partial}, "a value or an entity of another type is needed", "give one of the type that the message names"},
	{LimitWork, []int{Partial}, "the answer is more work than a request may ask for", "ask a narrower question"},
	{LimitOutput, []int{Partial}, "the answer is longer than --max-output", "ask for less, or page through it"},
	{LimitErrors, []int{Partial}, "the answer has more errors than --max-errors, and lists no more", "correct the first ones"},
	{NullInNonNull, []int{Partial}, "a field without a value where the schema promises one: a fault of the service", "report it"},
	// writing.
	{ReadOnly, []int{Partial}, "the service takes no writes, or not from there", "send a token, or write where the message says"},
	{NoSource, []int{Partial}, "a claim without a source", "name its source"},
	{Duplicate, []int{Partial}, "the same thing twice in one change", "leave one out"},
	{Cycle, []int{Partial}, "a relation that would lead back to where it began", "correct one of its claims"},
	{SeqMismatch, []int{Partial}, "the store is at another sequence number than ifSequence", "read again, and decide anew"},
	{KeyReused, []int{Partial}, "the idempotency key belongs to another change", "choose another key"},
	// how it ended.
	{Timeout, []int{503, Partial}, "the work was not done within --timeout", "ask for less, or try again"},
	{Cancelled, []int{503, Partial}, "the client went away, or the service is stopping", "try again"},
	{Overloaded, []int{503, Partial}, "the service has more work than it can do in time, or bodies and answers under way fill the memory for them", "try again after Retry-After"},
	{SubscriptionBehind, []int{Partial}, "the last event of a subscription whose client reads too slowly", "subscribe again from extensions.resumeFrom"},
	{Internal, []int{500, Partial}, "a fault of the service; its log says more", "report it"},
}

// Find is the entry of a code; false where it is not one of ours.
func Find(code string) (Entry, bool) {
	for _, e := range List {
		if e.Code == code {
			return e, true
		}
	}
	return Entry{}, false
}
