// Package server serves the graph over HTTP: GraphQL as in the specification "GraphQL over HTTP" of September
// 2026, the health and metrics of the service, and a few pages for people.
//
// Read Options, Server and graphql.go first. A Server answers from the moment it listens: until
// Publish gives it a graph, everything but /healthz says that it is not ready. Each request begins
// one Session, which fixes the snapshot and the date that the request reads.
//
// The package is the only one that knows HTTP. It must not know how documents
// are parsed or run, how the ontology becomes a schema, nor which store is used.
package server

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/caspian-kg/caspian/api/operation"
	"github.com/caspian-kg/caspian/codes"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/lens"
	"github.com/caspian-kg/caspian/graph/live"
	"github.com/caspian-kg/caspian/server/agents"
	"github.com/caspian-kg/caspian/server/documents"
	"github.com/caspian-kg/caspian/server/hosts"
	"github.com/caspian-kg/caspian/server/internal/admission"
	"github.com/caspian-kg/caspian/server/internal/answers"
	"github.com/caspian-kg/caspian/server/internal/content"
	"github.com/caspian-kg/caspian/server/internal/deadline"

	"github.com/caspian-kg/caspian/server/internal/metrics"
	"github.com/caspian-kg/caspian/server/internal/streams"
	"github.com/caspian-kg/caspian/server/internal/watch"
	"github.com/caspian-kg/caspian/server/roles"
	"github.com/caspian-kg/caspian/server/tokens"
	"github.com/caspian-kg/caspian/server/tracing"
)

// Session answers one request from one snapshot. Package api implements it.
type Session interface {
	// Seq returns the sequence number of the snapshot.
	Seq() graph.Seq
	// Bookmark returns the bookmark of the snapshot.
	Bookmark() graph.Bookmark
	// ETag is a strong validator, in quotes, of the answer that the session
	// would give.
	ETag(query, operation string, variables []byte) string
	Execute(ctx context.Context, r *operation.Request) *gql.Response
	// Pinned reports whether neither later commits nor later days can change the answer of Execute.
	Pinned() bool
	// Live reports whether the request is a query to be answered again whenever its answer changes. One that is
	// too long to be held meanwhile is refused with a response.
	Live(r *operation.Request) (bool, *gql.Response)
	// Subscribe starts a subscription, or answers an operation that has a single answer.
	Subscribe(ctx context.Context, r *operation.Request, f operation.Follow) (operation.Subscription, *gql.Response)
}

// Backend is what a server needs to answer requests of callers from whom a lens hides the same.
type Backend struct {
	// Graph provides the newest snapshot, with its counts and sequence number, under the lens.
	Graph *live.Through
	// Through returns the backend under another lens. If it is nil, callers from whom something is hidden are
	// answered that the service is not ready for them.
	Through func(l *lens.Lens) *Backend
	// SDL is the API's schema; empty if the schema must not be shown.
	SDL string
	// Begin starts a session on the newest snapshot.
	Begin func() Session
	// Plans returns the counts of the plan cache, see gql.Engine.CacheStats. If it is nil, the
	// metrics do not have them.
	Plans func() (hits, misses uint64, documents, bytes int)
	// Export prepares the export that the parameters of a request describe. The error says what is
	// wrong with the parameters. If Export is nil, the service exports nothing.
	Export func(asked url.Values) (*Export, error)
	// Import imports what a client sends. The error says what is wrong with the request, and then nothing was
	// imported. If Import is nil, the service imports nothing.
	Import func(ctx context.Context, r *ImportRequest) (*Imported, error)
	// Owner has the tasks for the owner of the store, or is nil if there are none.
	Owner *OwnerTasks
}

// Options configures the service. With the zero value, everyone who reaches the service under a
// loopback name may read, and only the owner may write, over the socket.
type Options struct {
	// Version is the version of the program, for the front page and the metrics.
	Version string
	// ReadOnly refuses every write.
	ReadOnly bool
	// Writer is the address of a service that accepts writes, or "" if it is not known. If ReadOnly is set, refusals
	// name it.
	Writer string
	// Keys are the tokens at the start; SetKeys replaces them.
	Keys Keys
	// OpenWrites accepts writes without a token from programs that seem to run on this machine, see
	// local.
	OpenWrites bool
	// Hosts are the names for which the service answers, in the form of hosts.Check, in addition to
	// the loopback names and the addresses on which it listens.
	Hosts []string
	// Origins are other sites whose pages may read; "*" allows every site. By default, none may.
	Origins []string
	// MaxBody bounds the unpacked body of a request, in bytes; 0 means 8 MiB.
	MaxBody int64
	// MaxBodies bounds the unpacked bodies of all requests in progress together, in bytes; 0 means
	// 32 MiB. Short bodies do not count. It is never below MaxBody. Answering a request may take a
	// hundred times the memory of its body.
	MaxBodies int64
	// MaxUpload bounds the files of one import as they are sent, in bytes; 0 means 1 GiB. They are stored in the folder
	// for temporary files.
	MaxUpload int64
	// MaxRequests bounds the reads, and MaxWrites the writes, that run at once over any transport;
	// 0 means DefaultMaxRequests and DefaultMaxWrites.
	MaxRequests, MaxWrites int
	// MaxQueue bounds the reads that wait to run, and separately the writes; 0 means 1,000.
	MaxQueue int
	// QueueTime is how long a request may wait before it is shed; 0 means half a second. Under
	// overload, requests are shed sooner.
	QueueTime time.Duration
	// MaxPaused bounds the requests that wait for a commit; 0 means 1,000.
	MaxPaused int
	// MaxConnections bounds the open connections, including sockets and streams; 0 means
	// DefaultMaxConnections. Live.MaxSubscribers is at most nine tenths of MaxConnections.
	MaxConnections int
	// BodyTimeout is how long a body may take to arrive; 0 means 30 seconds.
	BodyTimeout time.Duration
	// Timeout bounds the time of work on one request; 0 means 30 seconds.
	Timeout time.Duration
	// Batch is how many requests a batch may contain; 0 refuses batches.
	Batch int
	// MaxAnswer bounds the answers to a batch together, in bytes; 0 means 64 MiB. Once they exceed
	// it, the remaining requests of the batch are refused.
	MaxAnswer int
	// CompressAbove is the length in bytes above which answers are compressed for clients that
	// accept it; 0 means DefaultCompressAbove, a negative length never.
	CompressAbove int
	// Documents are the trusted documents, or nil if there are none.
	Documents *documents.List
	// DocumentsOnly refuses documents that are not trusted.
	DocumentsOnly bool
	// MaxPersisted bounds the memory, in bytes, of documents that clients register by hash; 0 means
	// 16 MiB, a negative number keeps none.
	MaxPersisted int
	// ResponseCache bounds the bytes of the answers in the response cache; 0 means 32 MiB, and a negative
	// number disables the cache.
	ResponseCache int
	// Slow is how long a request may run before it is logged as slow; 0 means half a second, and a negative
	// duration means that none is logged.
	Slow time.Duration
	// Tracer sends spans of requests; nil sends none.
	Tracer *tracing.Tracer
	// Now is the clock for the ages in the metrics; nil means the system clock.
	Now func() time.Time
	// Live configures how changes are followed.
	Live Live
	// Logger gets the faults of the service, and slow requests; nil discards them.
	Logger *slog.Logger
}

// Defaults of Options.
const (
	DefaultMaxBody      = 8 << 20
	DefaultMaxBodies    = 32 << 20
	DefaultMaxUpload    = 1 << 30
	DefaultMaxQueue     = 1000
	DefaultQueueTime    = 500 * time.Millisecond
	DefaultMaxPaused    = 1000
	DefaultTimeout      = 30 * time.Second
	DefaultBodyTimeout  = 30 * time.Second
	DefaultMaxAnswer    = 64 << 20
	DefaultMaxPersisted = 16 << 20
	DefaultSlow         = 500 * time.Millisecond

	DefaultResponseCache = 32 << 20
	// TCP sends the first ten segments without waiting. An answer up to this length fits into them, so
	// compressing it saves no time.
	DefaultCompressAbove = 14 << 10
)

const (
	// A GET sends its document in the request line.
	maxHeader = 256 << 10
	// drain is how long a shutdown waits for the requests in progress.
	drain = 15 * time.Second
)

// Server answers HTTP requests. It is safe for concurrent use.
type Server struct {
	opts     Options
	log      *slog.Logger
	backend  atomic.Pointer[Backend]
	under    sync.Map // values of type *Backend, by the lens under which they are
	draining atomic.Bool
	metrics  *metrics.Metrics
	mux      *http.ServeMux

	keys    atomic.Pointer[Keys]
	hosts   hosts.List
	guesses tokens.Guesses

	exports   chan struct{} // has one value for each export in progress that is not the owner's
	imports   chan struct{} // has one value for each import in progress
	snapshots chan struct{} // has one value for each snapshot that is being sent
	accepts   content.Memo
	persisted *documents.Store
	answers   *answers.Cache // nil if there is no response cache
	packers   *content.Packers
	streams   *streams.Streams
	watches   *watch.Watches
	buffers   sync.Pool // values of type *bytes.Buffer, for bodies
	located   atomic.Pointer[location]
	readOnly  error // the refusal of writes, if Options.ReadOnly is set
	words     atomic.Pointer[pageWords]

	admission   *admission.Admission
	deadlines   deadline.Watches
	connections *admission.Connections
}

// set gives an option its default if it is zero.
func set[T int | int64 | time.Duration](option *T, standard T) {
	if *option == 0 {
		*option = standard
	}
}

// New returns a server that is not ready until Publish is called.
func New(o Options) *Server {
	set(&o.MaxBody, DefaultMaxBody)
	set(&o.MaxBodies, DefaultMaxBodies)
	o.MaxBodies = max(o.MaxBodies, o.MaxBody)
	set(&o.MaxUpload, DefaultMaxUpload)
	set(&o.MaxRequests, DefaultMaxRequests)
	set(&o.MaxWrites, DefaultMaxWrites)
	set(&o.MaxQueue, DefaultMaxQueue)
	set(&o.QueueTime, DefaultQueueTime)
	set(&o.MaxPaused, DefaultMaxPaused)
	set(&o.Timeout, DefaultTimeout)
	set(&o.BodyTimeout, DefaultBodyTimeout)
	set(&o.MaxAnswer, DefaultMaxAnswer)
	set(&o.CompressAbove, DefaultCompressAbove)
	set(&o.MaxPersisted, DefaultMaxPersisted)
	set(&o.Slow, DefaultSlow)
	set(&o.ResponseCache, DefaultResponseCache)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.MaxConnections == 0 {
		o.MaxConnections = DefaultMaxConnections()
	}
	o.Live = withDefaults(o.Live)
	o.Live.MaxSubscribers = min(o.Live.MaxSubscribers, max(1, o.MaxConnections-o.MaxConnections/10))
	s := &Server{opts: o, log: o.Logger, metrics: metrics.New(o.Version), mux: http.NewServeMux(), exports: make(chan struct{}, maxExports), imports: make(chan struct{}, maxImports), snapshots: make(chan struct{}, maxSnapshots),
		persisted: documents.NewStore(o.Documents, o.DocumentsOnly, max(0, o.MaxPersisted)), packers: content.NewPackers(2 * runtime.GOMAXPROCS(0)),
		connections: admission.NewConnections(o.MaxConnections), readOnly: readOnlyAt(o.Writer)}
	if o.ResponseCache > 0 {
		s.answers = answers.New(o.ResponseCache)
	}
	s.hosts.Set(o.Hosts)
	s.SetKeys(o.Keys)
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	s.admission = admission.New(admission.Options{Reads: o.MaxRequests, Writes: o.MaxWrites, Queue: o.MaxQueue, Patience: o.QueueTime,
		Paused: o.MaxPaused, Bodies: o.MaxBodies, Waited: s.metrics.Wait})
	s.streams = streams.New(streams.Options{Limits: o.Live, MaxMessage: o.MaxBody, Timeout: o.Timeout, Admission: s.admission, Metrics: s.metrics, Logger: s.log})
	s.watches = s.newWatches()
	s.routes()
	return s
}

// Publish makes the server ready: it answers from the backend.
func (s *Server) Publish(b *Backend) { s.backend.Store(b) }

// backendOf returns the backend for a caller, or nil if there is none yet. No handler of a request may use another.
func (s *Server) backendOf(w http.ResponseWriter) *Backend {
	return s.through(s.backend.Load(), callerOf(w).lens)
}

// through returns a backend under a lens.
func (s *Server) through(b *Backend, l *lens.Lens) *Backend {
	if b == nil || l == nil {
		return b
	}
	if under, ok := s.under.Load(l); ok {
		return under.(*Backend)
	}
	if b.Through == nil {
		return nil
	}
	under, _ := s.under.LoadOrStore(l, b.Through(l))
	return under.(*Backend)
}

func (s *Server) routes() {
	read := func(path string, h http.HandlerFunc) { s.mux.HandleFunc(path, byItsMethods(h)) }
	s.mux.HandleFunc("/graphql/stream", s.graphqlStream)
	read("/healthz", s.healthz)
	read("/readyz", s.readyz)
	read("/metrics", s.metricsHandler())
	read("/schema.graphql", s.ready(s.serveSDL))
	read("/export", s.ready(s.serveExport))
	read(importPath, s.ready(s.serveImport))
	read("/snapshot", s.ready(s.serveSnapshot))
	read(reconcilePath, s.ready(s.serveReconcile))
	read(reconcilePath+"/", s.ready(s.serveReconcile))
	read("/backup", s.owned(s.serveBackup))
	read("/verify", s.owned(s.serveVerify))
	read("/assets/", s.asset)
	read(agents.Path, agents.New(s.opts.Version, s.log).Handler(s, s.opts.MaxBody).ServeHTTP)
	for _, p := range pages {
		read(p.pattern, s.explorer(p))
	}
	s.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		writeError(w, http.StatusNotFound, jsonType, codes.NotFound,
			"there is nothing at "+r.URL.Path+"; the API is at /graphql, its schema at /schema.graphql, a page for queries at /graphiql")
	})
}

// byItsMethods restricts a handler to the methods of its address.
func byItsMethods(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if options(w, r) {
			return
		}
		if !slices.Contains(strings.Split(methodsOf(r.URL.Path), ", "), r.Method) {
			allow(w.Header(), r.URL.Path)
			writeError(w, http.StatusMethodNotAllowed, jsonType, codes.MethodNotAllowed, r.URL.Path+" takes "+methodsOf(r.URL.Path)+", not "+r.Method)
			return
		}
		h(w, r)
	}
}

// ServeHTTP answers one request. It recovers from every panic.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	t := &responseRecorder{ResponseWriter: w, slot: s.admission.Slot(), start: start, by: serverOf(r)}
	s.metrics.InFlight.Inc()
	if isGraphQL(r.URL.Path) || r.URL.Path == "/graphql/stream" {
		t.span, r = s.opts.Tracer.Begin(r, start)
	}
	defer func() {
		s.metrics.InFlight.Dec()
		t.quota.GiveBack()
		t.slot.Leave()
		if p := recover(); p != nil && p != http.ErrAbortHandler {
			s.log.Error("panic", "path", r.URL.Path, "value", fmt.Sprint(p), "stack", string(debug.Stack()))
			if t.status == 0 {
				writeError(t, http.StatusInternalServerError, jsonType, codes.Internal, "something went wrong in the service; it has been logged")
			}
		}
		end := time.Now()
		s.count(r.URL.Path, t, end.Sub(start))
		t.span.Answered(t.status, end)
	}()
	h := t.Header()
	h["X-Content-Type-Options"] = noSniff
	if isGraphQL(r.URL.Path) { // the mux has the same handler, but finds it more slowly than some requests run
		if !s.refuseSpare(t, r) && s.authorize(t, r) {
			s.graphql(t, r)
		}
		return
	}
	h["Referrer-Policy"] = noReferrer // because addresses of pages may contain a token
	if !s.refuseSpare(t, r) && s.authorize(t, r) {
		s.mux.ServeHTTP(t, r)
	}
}

// ready wraps a handler that needs a backend. Without one, it answers that the service is not
// ready.
func (s *Server) ready(h func(http.ResponseWriter, *http.Request, *Backend)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		b := s.backendOf(w)
		if b == nil {
			s.unavailable(w)
			return
		}
		h(w, r, b)
	}
}

func (s *Server) unavailable(w http.ResponseWriter) {
	w.Header().Set("Retry-After", "1")
	writeError(w, http.StatusServiceUnavailable, jsonType, codes.Unavailable, "the service is starting or stopping; try again in a second")
}

// maxLag is how long a service that reads a log of another process may not know whether it has the whole log,
// and still be ready.
const maxLag = 10 * time.Second

// healthz answers as long as the process runs.
func (s *Server) healthz(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	fmt.Fprintln(w, "ok")
}

// readyz says whether a snapshot is published and the service is not shutting down. A second line
// says whether writes are accepted; with the parameter writes, the service is ready only if they
// are.
func (s *Server) readyz(w http.ResponseWriter, r *http.Request) {
	b := s.backend.Load()
	if b == nil || s.draining.Load() {
		s.unavailable(w)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	writes := s.noWrites(b)
	ready, again := "ready", ""
	if lag := b.Graph.Lag(); lag > maxLag {
		ready, again = fmt.Sprintf("not ready: the log has not been read for %.0f s", lag.Seconds()), "1"
	} else if r.URL.Query().Has("writes") && writes != "" {
		ready, again = "not ready for writes", "5"
	}
	if again != "" {
		w.Header().Set("Retry-After", again)
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	if callerOf(w).Role < roles.Reader {
		fmt.Fprintln(w, ready)
		return
	}
	fmt.Fprintf(w, "%s at sequence %d\nwrites: %s\n", ready, b.Graph.Snapshot().Seq(), cmp.Or(writes, "yes"))
}

// noWrites returns the reason why no writes are accepted at present, or "" if they are.
func (s *Server) noWrites(b *Backend) string {
	if s.opts.ReadOnly {
		return "no, the service is read-only"
	}
	if err := b.Graph.Writable(); err != nil {
		return "no, the store accepts none at present; the answer to a write says why"
	}
	return ""
}

func (s *Server) serveSDL(w http.ResponseWriter, r *http.Request, b *Backend) {
	if b.SDL == "" {
		writeError(w, http.StatusForbidden, jsonType, codes.IntrospectionDisabled, "the service does not show its schema: it was started with --no-introspection")
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	s.send(w, r, http.StatusOK, []byte(b.SDL))
}

// Serve answers the connections of the listener until the context ends, then waits for the requests
// in progress. It closes the listener.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	hs := &http.Server{
		Handler:           s,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       s.opts.BodyTimeout,
		// After the work on a request, its answer needs time to be sent.
		WriteTimeout:   s.opts.BodyTimeout + s.opts.Timeout + 60*time.Second,
		IdleTimeout:    2 * time.Minute,
		MaxHeaderBytes: maxHeader,
		ConnState:      s.connections.State,
		ConnContext:    admission.WithConn,
		ErrorLog:       slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	failed := make(chan error, 1)
	go func() { failed <- hs.Serve(s.connections.Listener(l)) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serving on %s: %w", l.Addr(), err)
	case <-ctx.Done():
	}
	s.draining.Store(true)
	wait, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
	defer cancel()
	s.streams.End()
	err := hs.Shutdown(wait)
	s.watches.End()
	s.streams.Wait(wait) // because sockets are not connections of hs any more
	if errors.Is(err, context.DeadlineExceeded) {
		s.log.Warn("requests_cut_off", "after", drain.String())
		err = hs.Close()
	}
	<-failed // always http.ErrServerClosed by now
	return err
}
