package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/caspian-kg/caspian/graph/store/postgres/pgtest"
)

// node is a process that serves a store in a database.
type node struct {
	name, url string
	command   func() *exec.Cmd

	mu      sync.Mutex // guards what follows
	process *exec.Cmd
	ended   chan struct{} // closed when the process has ended
	said    bytes.Buffer  // written by one process after the other
}

// nodeToken is the token of all nodes.
const nodeToken = "nodes-of-a-test-0123456789"

// newNode prepares a process of the program with the arguments, at a port that is free.
func newNode(t *testing.T, program, database, name string, args ...string) *node {
	t.Helper()
	port, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	n := &node{name: name, url: "http://127.0.0.1:" + port}
	n.command = func() *exec.Cmd {
		cmd := exec.Command(program, append(args, "--listen", "127.0.0.1:"+port)...)
		cmd.Env = append(os.Environ(), "CASPIAN_STORE="+database)
		return cmd
	}
	t.Cleanup(func() {
		n.kill()
		if t.Failed() {
			t.Logf("%s said:\n%.3000s", name, &n.said)
		}
	})
	return n
}

func (n *node) start() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.process = n.command()
	n.process.Stdout, n.process.Stderr = &n.said, &n.said
	if err := n.process.Start(); err != nil {
		n.process = nil
		return err
	}
	n.ended = make(chan struct{})
	go func(process *exec.Cmd, ended chan struct{}) {
		_ = process.Wait() // that it was killed is not of interest
		close(ended)
	}(n.process, n.ended)
	return nil
}

// revive starts the process again if it has ended by itself, as supervisors do.
func (n *node) revive() error {
	n.mu.Lock()
	ended := n.ended
	n.mu.Unlock()
	select {
	case <-ended:
		return n.start()
	default:
		return nil
	}
}

// kill ends the process as a crash does.
func (n *node) kill() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.process != nil {
		_ = n.process.Process.Kill() // it may have ended
		<-n.ended
		n.process = nil
	}
}

// begin starts the process and waits until it is ready.
func (n *node) begin(t *testing.T) {
	t.Helper()
	if err := n.start(); err != nil {
		t.Fatal(err)
	}
	awaitReady(t, n.name, n.url+"/readyz")
}

// awaitReady waits until the address answers that a process is ready.
func awaitReady(t *testing.T, name, url string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	if err := untilReady(ctx, url, 20*time.Millisecond); err != nil {
		t.Fatalf("%s is not ready: %v", name, err)
	}
}

// await waits until a condition holds.
func await(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); !holds(); time.Sleep(20 * time.Millisecond) { // other processes send no events
		if time.Now().After(end) {
			t.Fatalf("not within two minutes: %s", what)
		}
	}
}

// post sends a GraphQL request, and returns the answer and its bookmark.
func post(ctx context.Context, url, query, bookmark string) (status int, body []byte, next string, err error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	text, err := json.Marshal(map[string]string{"query": query})
	if err != nil {
		return 0, nil, "", err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/graphql", bytes.NewReader(text))
	if err != nil {
		return 0, nil, "", err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/graphql-response+json")
	r.Header.Set("Authorization", "Bearer "+nodeToken)
	if bookmark != "" {
		r.Header.Set("Caspian-Bookmark", bookmark)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, nil, "", err
	}
	defer res.Body.Close()
	body, err = io.ReadAll(res.Body)
	return res.StatusCode, body, res.Header.Get("Caspian-Bookmark"), err
}

// databaseOf starts a server of PostgreSQL, and returns it with a file that has the token of the nodes.
func databaseOf(t *testing.T) (s *pgtest.Server, tokens string) {
	t.Helper()
	s, stop, err := pgtest.Find()
	if err != nil {
		t.Skipf("no PostgreSQL to test with: %v", err)
	}
	t.Cleanup(stop)
	tokens = filepath.Join(t.TempDir(), "tokens")
	if err := os.WriteFile(tokens, []byte(nodeToken+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return s, tokens
}

// TestNodes starts the processes of docker-compose.yml with their flags, and the proxy with its configuration, on this machine,
// and runs the query of the README through the proxy.
func TestNodes(t *testing.T) {
	if os.Getenv("CASPIAN_SOAK") == "" {
		t.Skip("fills a database and starts six processes; CASPIAN_SOAK=1 runs it")
	}
	all, queries, writes := composed(t)
	readme, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile("(?s)```graphql\n(.*?)```\n```json\n(.*?)```").FindSubmatch(readme)
	bookmark := ""
	for i := range 2 * len(all) {
		status, body, next, err := post(t.Context(), queries, string(m[1]), bookmark)
		var got struct{ Data any }
		var want any
		if err != nil || status != 200 || json.Unmarshal(body, &got) != nil || json.Unmarshal(m[2], &want) != nil || fmt.Sprint(got.Data) != fmt.Sprint(want) {
			t.Fatalf("query %d: %d %v %s", i, status, err, body)
		}
		// A write through the other entrance is seen by whichever node answers next.
		_, body, next, err = post(t.Context(), writes, fmt.Sprintf(`mutation{transact(input:{operations:[{declare:{id:"written-%d",type:"Source"}}]}){sequence}}`, i), next)
		if err != nil || next == "" {
			t.Fatalf("write %d: %v %s", i, err, body)
		}
		bookmark = next
		if _, body, _, err := post(t.Context(), queries, `{graph{sequence}}`, bookmark); err != nil || !strings.Contains(string(body), fmt.Sprintf(`{"graph":{"sequence":%d}}`, i+2)) {
			t.Fatalf("read %d: %v %s", i, err, body)
		}
	}
	if _, body, _, err := post(t.Context(), queries, `mutation{transact(input:{operations:[]}){sequence}}`, ""); err != nil || !strings.Contains(string(body), "send them to "+writes) {
		t.Errorf("a write at a query node: %v %s", err, body)
	}
	all[0].signal(t, syscall.SIGTERM) // the other writer takes over
	await(t, "writes go on", func() bool {
		_, body, _, err := post(t.Context(), writes, `mutation{transact(input:{operations:[{declare:{id:"afterwards",type:"Source"}}]}){sequence}}`, "")
		return err == nil && strings.Contains(string(body), `"transact":{`)
	})
}

// composed starts what docker-compose.yml has for its profile nodes, and returns the processes and the entrances of the proxy.
func composed(t *testing.T) (all []*node, queries, writes string) {
	t.Helper()
	const proxy = "/usr/sbin/haproxy"
	if _, err := os.Stat(proxy); err != nil {
		t.Skip("haproxy is not there")
	}
	s, tokens := databaseOf(t)
	text, err := os.ReadFile(filepath.Join("..", "..", "docker-compose.yml"))
	if err != nil {
		t.Fatal(err)
	}
	var compose struct {
		Services map[string]struct{ Command []string }
	}
	if err := yaml.Unmarshal(text, &compose); err != nil {
		t.Fatal(err)
	}
	here := []string{"/run/secrets/tokens", tokens} // what replaces the names of the file by what is here
	for _, entrance := range []struct {
		port string
		url  *string
	}{{"8090", &queries}, {"8091", &writes}} {
		own, err := freePort()
		if err != nil {
			t.Fatal(err)
		}
		*entrance.url = "http://127.0.0.1:" + own
		here = append(here, "http://localhost:"+entrance.port, *entrance.url, "bind :"+entrance.port, "bind 127.0.0.1:"+own)
	}
	program := buildProgram(t)
	for _, name := range []string{"writer-1", "writer-2", "node-1", "node-2", "node-3"} {
		args := slices.Clone(compose.Services[name].Command)
		listen, folder := slices.Index(args, "--listen"), slices.Index(args, "--folder")
		if listen < 0 || folder < 0 {
			t.Fatalf("%s is started with %v", name, args)
		}
		args[folder+1] = filepath.Join(t.TempDir(), name)
		args = slices.Delete(args, listen, listen+2) // newNode chooses another
		for i := range args {
			args[i] = strings.NewReplacer(here...).Replace(args[i])
		}
		n := newNode(t, program, s.Address, name, args...)
		all, here = append(all, n), append(here, "http://"+name+":8080", n.url, name+":8080", strings.TrimPrefix(n.url, "http://"))
		n.begin(t)
	}
	config, err := os.ReadFile(filepath.Join("..", "..", "deploy", "haproxy.cfg"))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "haproxy.cfg")
	if err := os.WriteFile(file, []byte(strings.NewReplacer(here...).Replace(string(config))), 0o600); err != nil {
		t.Fatal(err)
	}
	balancer := &node{name: "haproxy", command: func() *exec.Cmd { return exec.Command(proxy, "-db", "-f", file) }}
	if err := balancer.start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(balancer.kill)
	awaitReady(t, "the proxy of queries", queries+"/readyz")
	awaitReady(t, "the proxy of writes", writes+"/readyz?writes")
	return all, queries, writes
}

func (n *node) signal(t *testing.T, s os.Signal) {
	t.Helper()
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := n.process.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
}
