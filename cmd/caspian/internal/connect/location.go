// Package connect finds the service or the store of a command. It has the flags that name them, the tokens for
// a service, and the opening of a store.
//
// Read Location and Open first. It must not know what a command reads or changes there.
package connect

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/client"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/settings"
	"github.com/caspian-kg/caspian/schema"
	"github.com/caspian-kg/caspian/server/owner"
)

// OntologySetting declares --ontology.
func OntologySetting(s *settings.Set) *string {
	return s.Text("ontology", "FILE", "", "an ontology other than the built-in one")
}

const defaultURL = "http://127.0.0.1:8080"

func urlSetting(s *settings.Set) *string {
	return s.Text("url", "URL", defaultURL, "a running service")
}

// Location is where a command finds the graph: the service of --url, the service that runs on the store of
// --store, or that store.
type Location struct {
	s           *settings.Set
	url         *string
	store       *Place
	ontology    *string // nil if the command has no such flag
	credentials credentials
	token       string // for the service at url
}

// Settings declares the settings of a command that uses a store or a service. action is the verb in the help of
// --url.
func Settings(s *settings.Set, action string) *Location {
	l := &Location{s: s, store: StoreSetting(s), ontology: OntologySetting(s)}
	l.url = s.Text("url", "URL", "", action+" this running service instead of a store")
	l.credentials = credentialSettings(s)
	return l
}

// QuerySettings declares the settings of a command that queries a service or a store.
func QuerySettings(s *settings.Set) *Location {
	l := &Location{s: s, url: urlSetting(s)}
	l.store = placeSetting(s, "", "query the store of this folder, through the service that runs on it if one does")
	l.ontology = OntologySetting(s)
	l.credentials = credentialSettings(s)
	return l
}

// HealthSettings declares the settings of a command that checks whether a service is ready.
func HealthSettings(s *settings.Set) *Location {
	return &Location{s: s, url: urlSetting(s), store: StoreSetting(s)}
}

// Check reads the token. An error becomes a fault of the settings.
func (l *Location) Check() {
	var err error
	if l.token, err = l.credentials.read(l.s); err != nil {
		l.s.Fault("%v", err)
	}
}

// Service returns the service that the command uses, or nil if none runs on the store. Check must be called
// first.
func (l *Location) Service() *client.Service {
	if l.AtURL() {
		return l.ServiceAtURL()
	}
	return ServiceOn(l.store.Folder())
}

// ServiceAtURL returns the service of --url, or of its default.
func (l *Location) ServiceAtURL() *client.Service {
	return ServiceAt(*l.url, l.token, l.store.Folder())
}

// Store returns the place of the store.
func (l *Location) Store() *Place { return l.store }

// Ontology loads the ontology of --ontology, or the built-in one.
func (l *Location) Ontology() (*schema.Ontology, error) { return LoadOntology(*l.ontology) }

// NamesStore reports whether --store is given.
func (l *Location) NamesStore() bool { return l.s.Given("store") }

// NamesOntology reports whether --ontology is given.
func (l *Location) NamesOntology() bool { return l.s.Given("ontology") }

// AtURL reports whether the command uses the service of --url instead of the store of --store. If both are
// given, it uses the service, which must run on that store; but a flag overrides the environment.
func (l *Location) AtURL() bool {
	return l.s.Given("url") && (l.s.ByFlag("url") || !l.s.ByFlag("store"))
}

// Ready returns the service's answer once it is ready.
func (l *Location) Ready(ctx context.Context) (string, error) {
	at := client.At(*l.url)
	if !l.AtURL() {
		own := ServiceOn(l.store.Folder())
		switch {
		case own != nil:
			at = own
		case l.s.ByFlag("store"):
			return "", fmt.Errorf("no service runs on the store %s", l.store)
		}
	}
	text, err := at.Ready(ctx)
	if err != nil {
		return "", fmt.Errorf("%s is not ready: %w", at.Name, err)
	}
	return text, nil
}

// ServiceOn returns the service that runs on the store in the folder, or nil if none does. It connects over the
// owner's socket, which needs no token.
func ServiceOn(dir string) *client.Service {
	path, err := owner.Socket(dir)
	if err != nil {
		return nil // the service could not create the socket either
	}
	return client.OnSocket(path)
}

// ServiceAt returns the service at an address, to which it will send the token. Without a token, a service on
// this machine is used as its owner if it runs on the store in the folder.
func ServiceAt(address, token, dir string) *client.Service {
	s := client.At(address)
	s.Token = token
	if token != "" || !runsOn(dir, address) {
		return s
	}
	if own := ServiceOn(dir); own != nil {
		return own
	}
	if path, err := owner.Socket(dir); err == nil {
		if _, err := os.Lstat(path); err == nil {
			return s // the service was killed, and another program may listen at its address
		}
	}
	s.StoreToken, _ = OwnerToken(dir) // without a token, the service's answer says what is needed
	return s
}

// runsOn reports whether the service on the store in the folder listens at the address, by the file with its
// address.
func runsOn(dir, address string) bool {
	text, err := os.ReadFile(filepath.Join(dir, AddressFile))
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
	token, err := ReadToken(*c.file)
	if err != nil {
		return "", fmt.Errorf("--token-file: %w", err)
	}
	return token, nil
}
