// Package codes lists every value of extensions.code that an error of the API may have: its meaning, its HTTP
// status, and what to do. docs/errors.md is generated from List.
//
// Read List first. The package is a leaf: it must not know what causes an error, nor how it is sent.
package codes

// The codes. Each constant has the name of its code.
const (
	BadRequest                 = "BAD_REQUEST"
	Unauthenticated            = "UNAUTHENTICATED"
	Forbidden                  = "FORBIDDEN"
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
	NotATable                  = "NOT_A_TABLE"
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
	HistoryReplaced            = "HISTORY_REPLACED"
	Timeout                    = "TIMEOUT"
	Cancelled                  = "CANCELLED"
	Overloaded                 = "OVERLOADED"
	SubscriptionBehind         = "SUBSCRIPTION_BEHIND"
	Internal                   = "INTERNAL"
)

// Entry describes one code.
type Entry struct {
	Code string
	// Status lists the HTTP statuses of answers in application/graphql-response+json whose first error has the
	// code, the usual one first. It is Partial for an error of an answer that has data, even null.
	Status []int
	// Meaning says what has happened. Action says what the client can do.
	Meaning, Action string
}

// Partial is the status of an answer that has data and errors.
const Partial = 294

// List has every code once, grouped by subject.
var List = []Entry{
	// Faults in HTTP, which the service finds before it reads the document.
	{BadRequest, []int{400, 422}, "the body or the address cannot be read (400), or its JSON is not a GraphQL request (422)", "correct what the message names"},
	{Unauthenticated, []int{401}, "the token is unknown, or a required token is missing", "send Authorization: Bearer TOKEN with a token of the service"},
	{Forbidden, []int{403}, "the caller is known, and its role does not permit this, or something in the graph is hidden from it", "ask an admin of the service for another role, or to do it"},
	{HostNotAllowed, []int{421}, "the request names a host for which the service does not answer", "use a name of the service, or start the service with --host for this name"},
	{TooManyGuesses, []int{429}, "too many wrong tokens came from this address", "try again after Retry-After, with the right token"},
	{OriginNotAllowed, []int{403}, "a page of another site opened a WebSocket", "start the service with --origin for that site"},
	{OwnerOnly, []int{403}, "only the owner of the store may use this address, through the Unix socket in its folder", "run 'caspian backup' or 'caspian verify' on the machine of the service, as its user"},
	{DocumentNotTrusted, []int{403}, "the service accepts only the documents on its list, and this one is not on it", "have the document added to the file of --documents"},
	{NotFound, []int{404}, "the service has nothing at this address", "send queries to /graphql"},
	{ReservationNotFound, []int{404}, "no event stream is reserved or open under that token", "reserve one with PUT"},
	{MethodNotAllowed, []int{405}, "the address does not support this method", "use a method in the header Allow"},
	{MutationNotAllowed, []int{405}, "a mutation was sent by GET or QUERY, which never write", "send it by POST"},
	{NotAcceptable, []int{406}, "the header Accept has no type that this address can send", "accept application/graphql-response+json"},
	{NotATable, []int{422}, "a table was asked for, and the answer has several lists, or lists in a list", "select one list, as the message says, or accept JSON"},
	{RequestIncomplete, []int{408, 400}, "the body did not arrive in time (408), or broke off (400)", "send it again"},
	{StreamAlreadyOpen, []int{409}, "the reserved stream is already open", "reserve another with PUT"},
	{OperationAlreadyExists, []int{409}, "the stream already has an operation with this id", "end it first, or choose another operationId"},
	{RequestTooLarge, []int{413}, "the body is longer than --max-body, or the files of an import than --max-upload", "send less in one request"},
	{UnsupportedMediaType, []int{415}, "the service does not read this media type or encoding", "send application/json in UTF-8, uncompressed or with gzip"},
	{BatchingNotSupported, []int{422}, "the body is a list of requests, and the service accepts one request per body", "send one request, or have the service started with --batch"},
	{LimitBatch, []int{422}, "the batch has more requests than --batch allows, or more queries, entities or properties than /reconcile takes", "send fewer at once"},
	{PersistedQueryNotFound, []int{422}, "the service has no document with this hash or id", "send the document in full, with its hash"},
	{PersistedQueryNotSupported, []int{422}, "the service stores no documents by hash", "send documents in full"},
	{TooManySubscribers, []int{503}, "the service or the connection has reached its limit of streams, WebSockets or operations", "try again later, or end some"},
	{Unavailable, []int{503, Partial}, "the service is starting or stopping, or minSequence or the bookmark was not reached in time", "try again after Retry-After"},
	// Faults in the document.
	{GraphQLParseFailed, []int{400}, "the text is not a GraphQL document", "correct it at the given line and column"},
	{GraphQLValidationFailed, []int{422}, "the document does not fit the schema", "correct it at the given line and column; /schema.graphql has the schema"},
	{OperationResolutionFailure, []int{422}, "the document has no operation with this name, or several and the request names none", "give operationName"},
	{SubscriptionNotSupported, []int{422}, "a subscription was sent where only one answer is possible", "use an event stream or a WebSocket"},
	{IntrospectionDisabled, []int{422, 403}, "the service runs with --no-introspection, and the request reads __schema, __type, or /schema.graphql (403)", "get the schema from the owner of the service"},
	{LimitBytes, []int{422}, "the document is longer than --max-document", "send a shorter one"},
	{LimitTokens, []int{422}, "the document has more tokens than --max-tokens", "select less in one document"},
	{LimitNesting, []int{422}, "the brackets of the document are nested deeper than --max-nesting", "nest less"},
	{LimitOperations, []int{422}, "the document has more operations than --max-operations", "send fewer"},
	{LimitDirectives, []int{422}, "the document has more directives than --max-directives", "use fewer"},
	{LimitDepth, []int{422}, "the fields are nested deeper than --max-depth", "nest less"},
	{LimitAliases, []int{422}, "the document has more aliases than --max-aliases", "use fewer"},
	{LimitRootFields, []int{422}, "the document has more root fields than --max-root-fields", "use several requests"},
	{LimitFields, []int{422}, "the document has more fields than --max-fields, with fragments expanded", "select fewer"},
	{LimitIntrospection, []int{422}, "introspection lists are nested deeper than --max-introspection", "nest less"},
	{LimitVariables, []int{422}, "the variables exceed --max-variables, --max-variable-values or --max-variable-depth", "send less in one request"},
	{LimitSubscription, []int{422}, "a subscription and its variables are longer than --max-subscription", "send a shorter one"},
	{LimitCost, []int{422}, "the estimated cost (fields weighted by the sizes of lists) is above --max-cost", "request shorter lists (first), or fewer fields"},
	// Faults in arguments and values.
	{BadUserInput, []int{422, Partial}, "a variable, argument, value or date is malformed or out of range", "correct what the message names"},
	{UnknownID, []int{Partial}, "nothing has this id", "find the id with search"},
	{UnknownName, []int{Partial}, "the ontology has no type, field or qualifier with this name", "use a name that the message suggests"},
	{WrongType, []int{Partial}, "the value or the entity has the wrong type", "use the type that the message names"},
	{LimitWork, []int{Partial}, "the answer needs more work than one request may use", "ask a narrower question"},
	{LimitOutput, []int{Partial}, "the answer is longer than --max-output", "select less, or use pages"},
	{LimitErrors, []int{Partial}, "the answer has more errors than --max-errors, and lists only the first", "correct those first"},
	{NullInNonNull, []int{Partial}, "a field has no value although the schema requires one: a fault of the service", "report it"},
	// Faults in writing.
	{ReadOnly, []int{Partial, 403}, "the service accepts no writes, or none from this client", "send a token, or write where the message says"},
	{NoSource, []int{Partial}, "a claim has no source", "name its source"},
	{Duplicate, []int{Partial}, "the change has the same thing twice", "remove one"},
	{Cycle, []int{Partial}, "the claims of a relation would form a cycle", "correct one of them"},
	{SeqMismatch, []int{Partial}, "the store has another sequence number than ifSequence", "read the current state, and decide again"},
	{KeyReused, []int{Partial}, "the idempotency key belongs to another change", "choose another key"},
	{HistoryReplaced, []int{412, Partial}, "the bookmark is of another store, or of commits that this one has lost: it was restored or rewound", "forget the bookmark, and look whether the last write is there"},
	// Requests that ended early.
	{Timeout, []int{503, Partial}, "the request did not finish within --timeout", "select less, or try again"},
	{Cancelled, []int{503, Partial}, "the client disconnected, or the service is stopping", "try again"},
	{Overloaded, []int{503, Partial}, "the service has more work than it can finish in time, or bodies and answers in progress use all their memory", "try again after Retry-After"},
	{SubscriptionBehind, []int{Partial}, "the client of the subscription reads too slowly; this is its last event", "subscribe again from extensions.resumeFrom"},
	{Internal, []int{500, Partial}, "a fault of the service; its log has the details", "report it"},
}

// Find returns the entry of a code, and false if the code is not in List.
func Find(code string) (Entry, bool) {
	for _, e := range List {
		if e.Code == code {
			return e, true
		}
	}
	return Entry{}, false
}
