package main

import (
	"github.com/caspian-kg/caspian/cmd/caspian/internal/settings"
)

// Settings that several commands have.

// standardStore is the folder of the store where none is named.
const standardStore = "data"

func storeSetting(s *settings.Set) *string {
	return s.Text("store", "DIR", standardStore, "folder of the store")
}

func ontologySetting(s *settings.Set) *string {
	return s.Text("ontology", "FILE", "", "an ontology other than the built-in one")
}

func jsonSetting(s *settings.Set) *bool { return s.Toggle("json", "print JSON") }

// atURL reports whether a command uses the service of --url, and not the store of --store.
// Where both are given, it uses the service, which runs on that store; but a flag overrides
// the environment.
func atURL(s *settings.Set) bool {
	return s.Given("url") && (s.ByFlag("url") || !s.ByFlag("store"))
}
