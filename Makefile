# The two main commands are make run and make test. The others are parts of these, or run longer.

GO          ?= go
STATICCHECK ?= honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOVULNCHECK ?= golang.org/x/vuln/cmd/govulncheck@v1.9.0
# Packages where goroutines meet; the race detector needs a C compiler.
RACE        ?= ./graph/snapshot/... ./graph/live/... ./graph/store/... ./gql/... ./api/... ./server/... ./cmd/caspian/internal/...
# Tests that only read, and take long under the race detector: they run without it.
SEQUENTIAL  ?= ^(TestHoldsYESShowsTheSure|TestPagesOfAnalysesJoin|FuzzAnalyses|TestIDsThatTheViewHides|TestLogHasWithdrawals|TestBasisAndDistance|TestSearchNonsense|TestSearchRecall|TestNamesAreTaken|TestChosenIsShown|TestAnswers|TestAnswersOverHTTP|TestPageWithoutScript)$$
# Packages whose tests build many snapshots; with the tag invariants, each snapshot checks itself.
CHECKED     ?= ./graph/snapshot ./graph/live/... ./graph/routes ./graph/analysis
# Folders with npm packages that tests use.
JS          ?= gql/testdata/js server/testdata/js server/testdata/browser

.PHONY: run build web man test check format vet lint vuln js race invariants histories bench bench-start bench-compare bench-peers bench-bulk bench-formats soak map clean

run: build
	./bin/caspian serve

build: web
	$(GO) build -o bin/caspian ./cmd/caspian

# Builds the explorer, which Go embeds. It needs Node 20.19 or later; without it, the program has one small page instead.
EXPLORER = web/dist/build/.vite/manifest.json
web: $(EXPLORER)

$(EXPLORER): web/node_modules/.package-lock.json web/vite.config.ts $(shell find web/src -type f)
	@if ! node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' 2>/dev/null || [ ! -d web/node_modules/vite ]; \
	then echo "web: no Node 20.19 or later with the packages of web/; the program has one small page instead of the explorer"; \
	else cd web && npm run --silent check && npm run --silent build -- --logLevel warn; fi

# Writes a man page for each command; SOURCE_DATE_EPOCH sets their date.
man:
	$(GO) test -count 1 -run TestManPages ./cmd/caspian -man $(CURDIR)/bin/man

# Everything that a change must pass; works on a new machine. Tests run without vet, which has a separate step.
test: web format vet lint js race invariants histories
	$(GO) test -vet=off -timeout 9m ./...
	cd bench/compare && $(GO) test -vet=off ./...
	@$(MAKE) --no-print-directory vuln

# What to run before each commit.
check: web format vet lint
	$(GO) test -short ./...

format:
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); \
	if [ -n "$$unformatted" ]; then echo "not formatted, run gofmt -w on:"; echo "$$unformatted"; exit 1; fi

vet:
	$(GO) vet ./...
	cd bench/compare && $(GO) vet ./...

lint:
	$(GO) run $(STATICCHECK) ./...

# Fails if the database of known vulnerabilities lists one that the code calls. It runs last, so
# that the end of the output says whether the database could be reached.
vuln:
	@if curl -sfI --max-time 10 https://vuln.go.dev/index/db.json >/dev/null 2>&1; \
	then $(GO) run $(GOVULNCHECK) ./...; \
	else echo "vuln: the database at vuln.go.dev cannot be reached; not checked"; fi

# The programs that tests run in Node: the reference implementation, audits and clients. Without npm,
# or if it cannot download them, the tests compare with stored results or are skipped.
js: $(JS:%=%/node_modules/.package-lock.json)

%/node_modules/.package-lock.json: %/package-lock.json
	@if command -v npm >/dev/null; \
	then (cd $* && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error --fetch-retries=1 && touch node_modules/.package-lock.json) \
	  || echo "js: npm cannot download the packages of $*; tests use stored results"; \
	else echo "js: no npm; tests use stored results"; fi

race:
	@if [ "$$($(GO) env CGO_ENABLED)" = 1 ] && command -v "$$($(GO) env CC)" >/dev/null; \
	then $(GO) test -vet=off -race -short -timeout 9m -skip '$(SEQUENTIAL)' $(RACE); \
	else echo "race: no C compiler; not checked"; fi

invariants:
	$(GO) vet -tags invariants $(CHECKED)
	$(GO) test -vet=off -tags invariants -short -timeout 9m $(CHECKED)

# 2,000 random histories of the graph, each compared with the naive model of views and time.
histories:
	$(GO) test -vet=off ./graph/snapshot -timeout 9m -run AgainstModel -rapid.checks=2000

# Benchmarks of loading, starting and querying; each prints its figures.
bench: bench-start
	$(GO) test -run '^$$' -bench . -benchmem -timeout 60m ./bench ./graph/... ./gql ./api

# Times of the first start with the built-in seeds, and of later starts, of the real program.
bench-start:
	CASPIAN_BENCH=1 $(GO) test -run TestStartTime -v -count 1 ./cmd/caspian

# Compares the service with graphql-go, gqlgen, graphql-js (if Node is installed) and hand-written handlers.
bench-compare:
	$(MAKE) js JS=bench/compare/js
	cd bench/compare && CASPIAN_COMPARE=1 $(GO) test -v -count 1 -timeout 20m .
	cd bench/compare && $(GO) test -run '^$$' -bench . -timeout 20m .

# Asks what dashboards ask of a graph of 10,000 to 1,000,000 edges, beside a hand-written server and gqlgen: a
# table of each size, the growth between them and the goals that are missed. PEERS is a folder with programs for
# more systems; PEERS_DATA keeps the data and the stores of the sizes for the next run.
# Without that folder, the test in bench/compare/peers asks the same of the same graph, or of another
# with PEERS_SEED, and of one whose relations hold for a time.
PEERS       ?= ../shared/peers
PEERS_DATA  ?= $(CURDIR)/bin/peers
PEERS_SIZES ?= 10k 100k 1M
PEERS_SEED  ?= 42
bench-peers: build
	mkdir -p $(PEERS_DATA)
	@if [ -d $(PEERS) ]; \
	then bench/compare/peers/shared.sh $(PEERS) $(PEERS_DATA) bin/caspian "$(PEERS_SIZES)"; \
	else cd bench/compare && CASPIAN_PEERS=$(PEERS_DATA) CASPIAN_PEERS_SIZES="$(PEERS_SIZES)" CASPIAN_PEERS_SEED=$(PEERS_SEED) \
	  CASPIAN_PEERS_PROGRAM=$(CURDIR)/bin/caspian $(GO) test ./peers -run TestPeers -v -count 1 -timeout 120m; fi
	cd bench/compare && $(GO) run ./peers/table $(PEERS_DATA)/results.json

# Loads a file of JSON lines with the program, with PostgreSQL's COPY, and with Cayley's loader (the program CAYLEY).
BULK_LINES    ?= $(PEERS_DATA)/1M.jsonl
BULK_ONTOLOGY ?= $(PEERS)/caspian/geo.graphql
bench-bulk: build
	bench/compare/bulk/run.sh bin/caspian $(BULK_LINES) $(BULK_ONTOLOGY) bin/bulk

# Imports the same made claims in each format, and compares the times.
FORMATS_CLAIMS ?= 1000000
bench-formats: build
	bench/formats/run.sh bin/caspian $(FORMATS_CLAIMS) bin/formats

# The long tests: 500 kills of an import, random histories of the graph for hours
# (SOAK=2h), more random cases, fuzzing.
SOAK ?= 2h
soak:
	cd deploy && $(GO) vet ./... && $(GO) test ./...
	CASPIAN_SOAK=1 $(GO) test -timeout 60m ./...
	$(GO) test -timeout 24h -run TestCampaign ./cmd/caspian -campaign $(SOAK) -v
	$(GO) test -timeout 24h -run TestRandom ./graph/live/metamorphic -for $(SOAK)
	$(GO) test $$(grep -rl --include='*_test.go' '"pgregory.net/rapid"' . | xargs -n 1 dirname | sort -u) -timeout 60m -rapid.checks=5000
	@for p in $$($(GO) list ./...); do \
	  for f in $$($(GO) test -list '^Fuzz' $$p | grep '^Fuzz'); do \
	    $(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime 60s -fuzzminimizetime 10x $$p || exit 1; \
	  done; \
	done

# Redraws the diagram of the packages in docs/packages.md.
map:
	$(GO) test . -run TestPackageMap -update-map

clean:
	rm -rf bin
