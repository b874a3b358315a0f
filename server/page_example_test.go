package server

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/gql"
)

// exampleServers starts a server of the files of examples/dashboard, and a service that allows its site.
func exampleServers(t *testing.T) (files, service *httptest.Server, s *Server) {
	t.Helper()
	dir := filepath.Join("..", "examples", "dashboard")
	index, err := os.ReadFile(filepath.Join(dir, "index.html"))
	if err != nil {
		t.Fatal(err)
	}
	const address = `content="http://127.0.0.1:8080"`
	if strings.Count(string(index), address) != 1 {
		t.Fatalf("index.html has no %s", address)
	}
	rest := http.FileServer(http.Dir(dir))
	files = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" {
			_, _ = w.Write([]byte(strings.Replace(string(index), address, `content="`+service.URL+`"`, 1)))
			return
		}
		rest.ServeHTTP(w, r)
	}))
	t.Cleanup(files.Close)
	s = seeded(t, Options{Origins: []string{files.URL}}, gql.Limits{})
	service = httptest.NewServer(s)
	t.Cleanup(func() {
		s.streams.End()
		s.streams.Wait(context.Background())
		service.Close()
	})
	return files, service, s
}

// TestDashboardExample looks at the page of examples/dashboard as a person does, and changes the graph meanwhile.
func TestDashboardExample(t *testing.T) {
	files, service, s := exampleServers(t)
	b := browse(t, files)
	b.also = service.URL
	b.size(1280, 1100)
	b.open("/")
	b.is(`document.querySelector('#state').textContent.startsWith('live')`)
	// The board and the map.
	b.is(`document.querySelectorAll('#board li').length > 20 && document.querySelectorAll('#map .leg.open').length > 100 && document.querySelectorAll('#map .leg.planned').length > 5`)
	b.is(`document.querySelector('#board [data-id=tcgp]').innerText.includes('planned') && document.querySelector('#board [data-id=druzhba]').innerText.includes('not stated')`)
	b.is(`[...document.querySelectorAll('#map text')].some((e) => e.textContent === 'KAZAKHSTAN')`)
	b.eval(`document.querySelector('#board [data-id=btk]').click()`, nil)
	b.is(`document.querySelectorAll('#map .front .leg').length === 4`)
	// The table and the series.
	b.is(`document.querySelector('#table tbody tr').innerText.replace(/\s+/g, ' ').startsWith('China 2023 28 %')`)
	b.is(`document.querySelectorAll('#series circle').length > 30 && document.querySelectorAll('#series path.gap').length > 2`)
	b.eval(`(() => { const s = document.querySelector('select'); s.value = 'JPN'; s.dispatchEvent(new Event('change')); })()`, nil)
	b.is(`document.querySelector('#table tbody').innerText.includes('Australia') && document.querySelector('#series svg').textContent.includes('Australia') && location.search === '?of=JPN'`)
	// A commit shows without a reload, and a name with markup is a text.
	b.eval(`document.querySelector('#board [data-id=btk]').focus()`, nil)
	w := ask(s, "POST", "/graphql", `{"query":"mutation { transact(input: { operations: [`+
		`{ declare: { id: \"news\", type: \"Source\" } }, { declare: { id: \"new-road\", type: \"Corridor\" } },`+
		`{ assert: { subject: \"new-road\", predicate: \"name\", value: \"A <b>new</b> road\", source: \"news\" } },`+
		`{ assert: { subject: \"btk\", predicate: \"status\", value: \"SUSPENDED\", source: \"news\", valid: \"2026-01-14/..\" } }`+
		`] }) { sequence } }"}`)
	if w.Code != 200 || strings.Contains(w.Body.String(), `"errors"`) {
		t.Fatal(w.Body)
	}
	b.is(`document.querySelector('#board [data-id=btk]').innerText.includes('since 2026-01-14') && document.querySelector('#board [data-id=btk] .shut').textContent === 'suspended'`)
	b.is(`document.querySelector('#board [data-id=new-road]').innerText.includes('A <b>new</b> road') && document.activeElement.dataset.id === 'btk'`)
	t.Run("accessible", func(t *testing.T) { reachExample(b.with(t)) })
	b.calm()
	// Under a name that the service does not allow, the page says what to do.
	b.base = strings.Replace(b.base, "127.0.0.1", "localhost", 1)
	b.open("/")
	b.is(`document.querySelector('#state.bad').textContent.includes('--origin ' + location.origin)`)
}

// reachExample runs an accessibility checker on the page in light and dark, and looks whether it fits a telephone.
func reachExample(b *browser) {
	script := axe(b.t)
	for scheme, options := range map[string]string{"light": "{ resultTypes: ['violations'] }", "dark": "{ runOnly: ['color-contrast'], resultTypes: ['violations'] }"} {
		b.call("Emulation.setEmulatedMedia", map[string]any{"features": []map[string]string{{"name": "prefers-color-scheme", "value": scheme}}}, nil)
		b.eval(script, nil)
		var faults []string
		b.eval(`axe.run(`+options+`).then((r) => r.violations.map((v) => v.id + ': ' + v.nodes.slice(0, 3).map((n) => n.html.slice(0, 200) + ' ' + n.failureSummary).join(' ')))`, &faults)
		b.picture("dashboard-" + scheme)
		if len(faults) > 0 {
			b.t.Errorf("%s:\n%s", scheme, strings.Join(faults, "\n"))
		}
	}
	b.size(320, 800)
	b.is(`document.documentElement.scrollWidth <= 320`)
	b.picture("dashboard-phone")
	b.size(1280, 1100)
}
