package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/caspian-kg/caspian/api"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/cli"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/connect"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/console"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/ingest"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/settings"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph/lens"
	"github.com/caspian-kg/caspian/graph/live"
	"github.com/caspian-kg/caspian/schema"
	"github.com/caspian-kg/caspian/seeds"
	"github.com/caspian-kg/caspian/server"
	"github.com/caspian-kg/caspian/server/documents"
	"github.com/caspian-kg/caspian/server/tracing"
)

var serveCommand = &cli.Command{
	Name: "serve", Short: "serve the graph over HTTP",
	About: `Opens the store, fills it from the seeds when it is empty, and answers GraphQL at
/graphql. A store that is not empty is never filled from newer seeds: import them.
Everyone who can connect may read, under localhost, the service's own addresses and
the names of --host. Writing needs a token: the one in the file token of the store's
folder, which 'caspian import' finds by itself and the printed link gives to a
browser, or one from the file --auth, which has one per line. SIGHUP makes the
service read the files of tokens again. A config file is YAML with the flags' names
as keys.`,
	Examples: `  caspian serve
  caspian serve --store /var/lib/caspian --listen 0.0.0.0:8080 --host graph.example.org --auth tokens.txt
  caspian serve --seeds none --store empty
  caspian serve --store postgres://db.example.org/graph --follow http://writer.example.org:8080 --snapshot-token token
  caspian serve --read-only --documents dashboards.json --documents-only --slow 200ms
  CASPIAN_LISTEN=127.0.0.1:9000 caspian serve --config caspian.yaml`,
	Setup: func(s *settings.Set) cli.Action {
		c := serveSettings(s)
		return func(ctx context.Context, e *cli.Environment, args []string) error {
			s.NoArguments(args)
			c.check(s)
			if err := s.Err(); err != nil {
				return err
			}
			return serve(ctx, e, c)
		}
	},
}

// serveConfig has the settings of serve.
type serveConfig struct {
	store                                    *connect.Place
	listen, seeds, ontology                  *string
	readOnly, noSnapshotFile, acceptOntology *bool
	node                                     *nodeConfig
	access                                   *accessControl
	origins                                  *[]string
	timeout, bodyTimeout                     *time.Duration
	slow                                     time.Duration
	maxBody, maxPersisted, batch             *int
	responseCache                            *int
	maxBodies, indexMemory                   *int
	maxUpload, maxImport                     *int
	admission                                func(*server.Options)
	compressAbove                            *int
	documents, trace                         *string
	traceRatio                               *float64
	documentsOnly                            *bool
	limits                                   gql.Limits
	live                                     func() server.Live
	logLevel                                 *string

	trusted *documents.List
	inputs  []ingest.Input
}

func serveSettings(s *settings.Set) *serveConfig {
	c := &serveConfig{
		store:    connect.StoreSetting(s),
		listen:   s.Text("listen", "ADDRESS", "127.0.0.1:8080", "where to listen; port 0 chooses one"),
		seeds:    s.Text("seeds", "DIR", "", "fill an empty store from this folder; none leaves it empty"),
		ontology: connect.OntologySetting(s),
		access:   accessSettings(s),
		readOnly: s.Toggle("read-only", "refuse writes"),
		node:     nodeSettings(s),
		origins:  s.Many("origin", "URL", "site whose pages may read from this service; * is every site"),
		timeout:  s.Duration("timeout", server.DefaultTimeout, "longest execution of one request"),
		maxBody:  s.Number("max-body", server.DefaultMaxBody, 1<<10, "longest body of a request, in bytes, decompressed"),

		bodyTimeout: s.Duration("body-timeout", server.DefaultBodyTimeout, "longest time for a body to arrive"),
	}
	c.documents = s.Text("documents", "FILE", "", "trusted documents: a JSON object of documents by their SHA-256")
	c.documentsOnly = s.Toggle("documents-only", "answer trusted documents only")
	c.maxPersisted = s.Number("max-persisted", server.DefaultMaxPersisted, 0, "memory for documents that clients register by hash, in bytes; 0 stores none")
	c.responseCache = s.Number("response-cache", server.DefaultResponseCache, 0, "memory for answers to queries that come again, in bytes; 0 keeps none")
	c.maxUpload = s.Number("max-upload", server.DefaultMaxUpload, 1<<10, "longest files of one import by POST /import, in bytes, as they are sent (REQUEST_TOO_LARGE)")
	c.maxImport = s.Number("max-import", defaultMaxImport, 1<<10, "longest file that such an import makes one change, in bytes, decompressed; JSON lines become several")
	c.maxBodies = s.Number("max-body-total", server.DefaultMaxBodies, 1<<10, "maximum size of all bodies in progress together, in bytes; short ones do not count (OVERLOADED)")
	c.admission = admissionSettings(s)
	c.live = liveSettings(s)
	c.batch = s.Number("batch", 0, 0, "maximum number of requests in one body; 0, the default, accepts no lists")
	c.compressAbove = s.Number("compress-above", server.DefaultCompressAbove, -1, "compress answers longer than this, in bytes; -1 compresses none")
	c.slow = server.DefaultSlow
	s.Add("slow", "TIME", c.slow.String(), "log requests that run longer; 0 logs none", func(t string) (err error) {
		if c.slow, err = time.ParseDuration(t); err != nil || c.slow < 0 {
			return fmt.Errorf("%q is not a duration, such as 200ms or 1s", t)
		}
		return nil
	})
	c.trace = s.Text("trace", "URL", "", "send OpenTelemetry spans to this collector, such as http://127.0.0.1:4318 (OTLP over HTTP); overrides OTEL_EXPORTER_OTLP_ENDPOINT")
	s.Add("trace-ratio", "N", "1", "share of the requests that are traced, from 0 to 1; a traceparent header decides for its request; overrides OTEL_TRACES_SAMPLER", func(t string) (err error) {
		ratio, err := strconv.ParseFloat(t, 64)
		if err != nil || !(ratio >= 0 && ratio <= 1) {
			return fmt.Errorf("%q is not a number from 0 to 1", t)
		}
		c.traceRatio = &ratio
		return nil
	})
	c.acceptOntology = connect.AcceptSetting(s)
	limitSettings(s, &c.limits)
	c.indexMemory = s.Number("index-memory", live.DefaultIndexMemory, 0, "memory for indexes of values, as much for the numbers of long lists, and a quarter for the cards of entities, which are built when queries first need them, in bytes; 0 builds no indexes")
	c.noSnapshotFile = s.Toggle("no-snapshot-file", "neither read nor write the snapshot file")
	c.logLevel = s.Text("log-level", "LEVEL", "warn", "debug, info, warn or error")
	s.Offer("log-level", "debug", "info", "warn", "error")
	s.Config("read settings from this file")
	return c
}

// check finds the faults that are visible before the store is opened.
func (c *serveConfig) check(s *settings.Set) {
	if host, port, err := net.SplitHostPort(*c.listen); err != nil {
		s.Fault("--listen: %q is not an address; write HOST:PORT, such as 127.0.0.1:8080", *c.listen)
	} else if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		s.Fault("--listen: %q has no port from 0 to 65535 after %q", *c.listen, host)
	}
	c.node.check(s, c)
	c.access.check(s, c.store.Folder(), *c.listen, *c.readOnly)
	if *c.documents != "" {
		c.trusted = readFile(s, "documents", *c.documents, documents.Read)
	} else if *c.documentsOnly {
		s.Fault("--documents-only: name the documents with --documents")
	}
	if err := c.tracing(nil).Check(); err != nil {
		setting := "--trace"
		if *c.trace == "" {
			setting = "tracing" // of the environment
		}
		s.Fault("%s: %v", setting, err)
	}
	if c.limits.VariableBytes == 0 {
		c.limits.VariableBytes = *c.maxBody // because a change is in the variables
	}
	if _, err := logLevel(*c.logLevel); err != nil {
		s.Fault("--log-level: %v", err)
	}
	for _, o := range *c.origins {
		if o != "*" && (!strings.Contains(o, "://") || strings.Count(o, "/") > 2) {
			s.Fault("--origin: %q is not an origin; write it as a browser sends it, such as https://example.org", o)
		}
	}
	switch *c.seeds {
	case "none":
	case "":
		var err error
		if c.inputs, err = ingest.Folder(seeds.Files, "seeds", nil, nil); err != nil {
			s.Fault("the seeds that are built in: %v", err)
		}
	default:
		var err error
		if c.inputs, err = ingest.Find([]string{*c.seeds}, nil, nil, nil); err != nil {
			s.Fault("--seeds: %v", err)
		}
	}
}

// readFile reads the file that a setting names. An error becomes a fault of the setting.
func readFile[T any](s *settings.Set, setting, path string, read func(name string, r io.Reader) (*T, error)) *T {
	f, err := os.Open(path)
	if err == nil {
		defer f.Close()
		var got *T
		if got, err = read(path, f); err == nil {
			return got
		}
	}
	s.Fault("--%s: %v", setting, err)
	return nil
}

func (c *serveConfig) tracing(log *slog.Logger) tracing.Options {
	return tracing.Options{Endpoint: *c.trace, Version: version, Ratio: c.traceRatio, Logger: log}
}

// options returns the options of the server.
func (c *serveConfig) options(log *slog.Logger, tracer *tracing.Tracer) server.Options {
	never := func(n int) int { // the server takes 0 for its default
		if n == 0 {
			return -1
		}
		return n
	}
	o := server.Options{
		Version: version, ReadOnly: *c.readOnly, Writer: *c.node.writer, Origins: *c.origins, OpenWrites: *c.access.openWrites, Hosts: c.access.names,
		MaxBody: int64(*c.maxBody), MaxBodies: int64(*c.maxBodies), MaxUpload: int64(*c.maxUpload),
		BodyTimeout: *c.bodyTimeout, Timeout: *c.timeout,
		Batch: *c.batch, MaxAnswer: c.limits.Output, CompressAbove: *c.compressAbove,
		Documents: c.trusted, DocumentsOnly: *c.documentsOnly, MaxPersisted: never(*c.maxPersisted), ResponseCache: never(*c.responseCache),
		Slow: time.Duration(never(int(c.slow))), Tracer: tracer, Live: c.live(), Logger: log,
	}
	c.admission(&o)
	if o.CompressAbove == 0 {
		o.CompressAbove = 1 // compresses nearly everything
	}
	return o
}

func logLevel(name string) (slog.Level, error) {
	var l slog.Level
	if err := l.UnmarshalText([]byte(name)); err != nil {
		return 0, fmt.Errorf("%q is not a level; use debug, info, warn or error", name)
	}
	return l, nil
}

func newLogger(w io.Writer, level string) *slog.Logger {
	l, _ := logLevel(level) // checked already
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: l}))
}

func serve(ctx context.Context, e *cli.Environment, c *serveConfig) (err error) {
	start := time.Now()
	log := newLogger(e.Err, *c.logLevel)
	o, err := connect.LoadOntology(*c.ontology)
	if err != nil {
		return err
	}
	c.access.ontology = o
	// The address is bound first, so that a second service ends before it opens the store, and requests in the
	// meantime are answered "not ready".
	l, err := net.Listen("tcp", *c.listen)
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("%w; stop the program that listens there, or choose another address with --listen", err)
	} else if err != nil {
		return fmt.Errorf("%w; choose another address with --listen", err)
	}
	srv, tracer, err := c.newServer(log)
	if err != nil {
		return errors.Join(err, l.Close())
	}
	defer tracer.Close() // after the last request
	ctx, stop := context.WithCancel(ctx)
	serving := listeners{ctx: ctx, stop: stop, srv: srv}
	serving.add(l)
	// Requests in progress use the store until the server has ended.
	ended := sync.OnceValue(serving.end)
	defer func() { err = errors.Join(err, ended()) }()
	defer c.access.reload(ctx, e, c.store.Folder(), srv, log)()
	defer stop() // the goroutine above waits for it

	g, err := c.openGraph(ctx, e, o, log)
	if err != nil {
		return err
	}
	defer func() {
		_ = ended() // the deferred call above returns its error
		err = errors.Join(err, g.Close())
	}()
	owner, err := c.access.open(e, c.store.Folder(), srv, l.Addr(), *c.readOnly)
	if err != nil {
		return err
	}
	defer c.access.close()
	if owner != nil {
		serving.add(owner)
	}
	filled, err := c.fillEmpty(ctx, e, g)
	if err != nil {
		return err
	}
	if err := c.publish(e, srv, g, o, log); err != nil {
		return err
	}
	serving.running.Go(func() { g.Follow(ctx, followEvery) })
	welcome(e, c, l.Addr(), g.Graph, time.Since(start))
	if filled {
		g.Save() // because the next start may come after a kill, which leaves no time to write the file
	}
	<-ctx.Done()
	e.Say("stopping")
	return nil
}

// followEvery is the interval for reading a log to which other processes append.
const followEvery = 50 * time.Millisecond

// openGraph opens the store. A store that does not exist is created, even with --read-only, because it is
// filled first.
func (c *serveConfig) openGraph(ctx context.Context, e *cli.Environment, o *schema.Ontology, log *slog.Logger) (*connect.Store, error) {
	bar := console.StartProgress(e.Err, "opening the store %s", c.store)
	defer bar.End()
	return connect.Open(ctx, c.store, connect.Options{
		Ontology: o, NoCache: *c.noSnapshotFile, IndexMemory: *c.indexMemory, Logger: log, Accept: *c.acceptOntology, Say: e.Say,
		ReadOnly: *c.readOnly && c.store.Exists() == nil, Keeps: c.store.IsDatabase(), Bootstrap: c.node.bootstrap(e),
	})
}

// fillEmpty imports the seeds into an empty graph. It returns whether it has filled the graph.
func (c *serveConfig) fillEmpty(ctx context.Context, e *cli.Environment, g *connect.Store) (bool, error) {
	if g.Snapshot().Seq() > 0 || len(c.inputs) == 0 || *c.readOnly && c.store.IsDatabase() {
		return false, nil
	}
	bar := console.StartProgress(e.Err, "filling the store from %s", ingest.Names(c.inputs))
	defer bar.End()
	err := fill(ctx, g.Graph, c.inputs)
	if err != nil && g.Snapshot().Seq() > 0 {
		return false, nil // another process filled it first, and the graph has that process's commits
	}
	if err != nil {
		return false, fmt.Errorf("filling the empty store %s from the seeds:\n%w", c.store, err)
	}
	return true, nil
}

// newServer returns the server and its tracer.
func (c *serveConfig) newServer(log *slog.Logger) (*server.Server, *tracing.Tracer, error) {
	tracer, err := tracing.New(c.tracing(log))
	if err != nil {
		return nil, nil, err
	}
	options := c.options(log, tracer)
	if options.Keys, err = c.access.keys(); err != nil {
		tracer.Close()
		return nil, nil, err
	}
	return server.New(options), tracer, nil
}

// publish passes the graph to the server, which is then ready.
func (c *serveConfig) publish(e *cli.Environment, srv *server.Server, g *connect.Store, o *schema.Ontology, log *slog.Logger) error {
	b, err := c.backend(g, o, log)
	if err != nil {
		return err
	}
	if k, err := c.access.keys(); err == nil {
		prepare(g.Graph, &k)
	}
	c.access.graph.Store(g.Graph)
	if err := g.Writable(); err != nil && !*c.readOnly {
		e.Say("caspian serve: %v", err)
	}
	srv.Publish(b)
	return nil
}

// backend builds the API for the graph, and checks the trusted documents against its schema.
func (c *serveConfig) backend(g *connect.Store, o *schema.Ontology, log *slog.Logger) (*server.Backend, error) {
	a, err := api.New(api.Options{Graph: g.Graph, Version: version, Limits: c.limits, Logger: log})
	if err != nil {
		return nil, err
	}
	if c.trusted != nil {
		if err := c.trusted.Check(a.Engine().Check); err != nil {
			return nil, fmt.Errorf("--documents %s: not all documents fit the schema:\n%w", *c.documents, err)
		}
	}
	sdl := ""
	if !c.limits.NoIntrospection {
		sdl = a.SDL()
	}
	through := func(l *lens.Lens) *server.Backend {
		reader, under := a.Through(l), g.Through(l)
		return &server.Backend{
			Graph: under, Begin: func() server.Session { return reader.Begin() }, Plans: a.Engine().CacheStats,
			SDL: sdl, Export: exports(under), Import: receiveImports(g.Graph, int64(*c.maxImport), log), // which a lens refuses
		}
	}
	b := through(nil)
	b.Through, b.Owner = through, ownerTasks(c.store.Folder(), o, g)
	return b, nil
}

// listeners run until one of them fails or the context ends.
type listeners struct {
	ctx  context.Context
	stop context.CancelFunc
	srv  *server.Server

	running sync.WaitGroup
	mu      sync.Mutex // guards failed
	failed  error
}

func (s *listeners) add(l net.Listener) {
	s.running.Go(func() {
		err := s.srv.Serve(s.ctx, l)
		s.stop() // the service is not complete without this listener
		s.mu.Lock()
		defer s.mu.Unlock()
		s.failed = errors.Join(s.failed, err)
	})
}

// end stops all listeners and waits for them.
func (s *listeners) end() error {
	s.stop()
	s.running.Wait()
	return s.failed
}

// welcome prints the addresses to open and how to query.
func welcome(e *cli.Environment, c *serveConfig, addr net.Addr, g *live.Graph, took time.Duration) {
	host, port, err := net.SplitHostPort(addr.String())
	if ip := net.ParseIP(host); err == nil && ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	url := "http://" + net.JoinHostPort(host, port)
	s := g.Snapshot()
	e.Say(`Caspian %s: %s, %s, sequence %d; ready in %.1f s

Open  %s
Query curl -s %s/graphql -H 'content-type: application/json' \
        -d '{"query":"{country(id:\"KAZ\"){name capital{name} borders{nodes{name}}}}"}'
Stop  Ctrl+C`, version, console.Count(s.EntityCount(), "entity"), console.Count(s.Recorded(), "claim"), s.Seq(), took.Seconds(), c.access.link(url, *c.readOnly), url)
	if *c.access.openWrites {
		e.Say("WRITES ARE OPEN: every program on this machine may write without a token, and so may anyone through a proxy on it")
	}
}
