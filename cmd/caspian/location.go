package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/client"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/settings"
	"github.com/caspian-kg/caspian/server"
)

// Settings that several commands have.

// standardStore is the folder of the store if none is named.
const standardStore = "data"

func storeSetting(s *settings.Set) *string {
	return s.Text("store", "DIR", standardStore, "folder of the store")
}

func ontologySetting(s *settings.Set) *string {
	return s.Text("ontology", "FILE", "", "an ontology other than the built-in one")
}

func jsonSetting(s *settings.Set) *bool { return s.Toggle("json", "print JSON") }

const defaultURL = "http://127.0.0.1:8080"

func urlSetting(s *settings.Set) *string {
	return s.Text("url", "URL", defaultURL, "a running service")
}

// location is where a command finds the graph: in the service of --url, in the service that
// runs on the store of --store, or in that store.
type location struct {
	s           *settings.Set
	url, dir    *string
	credentials credentials
	token       string // for the service at url
}

// check reads the token.
func (l *location) check() {
	var err error
	if l.token, err = l.credentials.read(l.s); err != nil {
		l.s.Fault("%v", err)
	}
}

// service returns the service that the command uses, or nil if none runs on the
// store.
func (l *location) service() *client.Service {
	if l.atURL() {
		return serviceAt(*l.url, l.token, l.folder())
	}
	return serviceOn(l.folder())
}

// folder returns the folder of the store.
func (l *location) folder() string { return cmp.Or(*l.dir, standardStore) }

// atURL reports whether the command uses the service of --url, and not the store of --store.
// Where both are given, it uses the service, which runs on that store; but a flag overrides
// the environment.
func (l *location) atURL() bool {
	return l.s.Given("url") && (l.s.ByFlag("url") || !l.s.ByFlag("store"))
}

// serviceOn returns the service that runs on the store in the folder, or nil if none runs.
// It is reached by its socket there, and needs no token.
func serviceOn(dir string) *client.Service {
	path, err := server.OwnerSocket(dir)
	if err != nil {
		return nil // then the service has no socket either
	}
	return client.OnSocket(path)
}

// serviceAt returns the service at an address. A token is sent to it. Without one, a service on
// this machine that runs on the store in the folder is used as its owner.
func serviceAt(address, token, dir string) *client.Service {
	s := client.At(address)
	s.Token = token
	if token != "" || !runsOn(dir, address) {
		return s
	}
	if own := serviceOn(dir); own != nil {
		return own
	}
	if path, err := server.OwnerSocket(dir); err == nil {
		if _, err := os.Lstat(path); err == nil {
			return s // the service was killed, and another may listen at its address
		}
	}
	s.StoreToken, _ = ownerToken(dir) // without a token, the service's answer says what it needs
	return s
}

// runsOn reports whether the service on the store in the folder listens at the address, by
// the file that has its address.
func runsOn(dir, address string) bool {
	text, err := os.ReadFile(filepath.Join(dir, addressFile))
	u, uerr := url.Parse(address)
	if err != nil || uerr != nil || u.Scheme != "http" {
		return false
	}
	host := u.Hostname()
	if a, err := netip.ParseAddr(host); !strings.EqualFold(host, "localhost") && (err != nil || !a.Unmap().IsLoopback()) {
		return false
	}
	port := u.Port()
	if port == "" {
		port = "80"
	}
	_, its, err := net.SplitHostPort(strings.TrimSpace(string(text)))
	return err == nil && its == port
}

// credentials are the settings of the token for a service.
type credentials struct{ token, file *string }

func credentialSettings(s *settings.Set) credentials {
	return credentials{
		token: s.Text("token", "TOKEN", "", "bearer token for --url; not needed for the service on the store data (or CASPIAN_STORE)"),
		file:  s.Text("token-file", "FILE", "", "read the token from this file"),
	}
}

// read returns the token, or "" if there is none.
func (c credentials) read(s *settings.Set) (string, error) {
	if s.Either("token", "token-file") != "token-file" {
		return *c.token, nil
	}
	f, err := os.Open(*c.file)
	if err != nil {
		return "", fmt.Errorf("--token-file: %w", err)
	}
	defer f.Close()
	if err := private(f); err != nil {
		return "", fmt.Errorf("--token-file: %w", err)
	}
	text, err := io.ReadAll(io.LimitReader(f, 64<<10))
	if err != nil {
		return "", fmt.Errorf("--token-file: %w", err)
	}
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			return line, nil
		}
	}
	return "", errors.New("--token-file: " + *c.file + " has no token")
}
