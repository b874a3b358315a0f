// Package deploy checks the files that deploy Caspian on several machines, without an engine.
package deploy

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
	apps "k8s.io/api/apps/v1"
	core "k8s.io/api/core/v1"
	policy "k8s.io/api/policy/v1"
	"sigs.k8s.io/yaml"
)

// TestCompose: the file fits the schema of Compose, and each profile has its services.
func TestCompose(t *testing.T) {
	for profile, want := range map[string][]string{
		"":      {"caspian"},
		"nodes": {"caspian", "db", "node-1", "node-2", "node-3", "proxy", "writer-1", "writer-2"},
	} {
		o, err := cli.NewProjectOptions([]string{"../docker-compose.yml"}, cli.WithName("caspian"), cli.WithProfiles([]string{profile}))
		if err != nil {
			t.Fatal(err)
		}
		p, err := o.LoadProject(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		got := p.ServiceNames()
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Errorf("profile %q starts %v, want %v", profile, got, want)
		}
		for name, s := range p.Services {
			if s.Build != nil && (!s.ReadOnly || !slices.Equal(s.CapDrop, []string{"ALL"})) {
				t.Errorf("%s may write to its container, or has capabilities", name)
			}
			for _, port := range s.Ports {
				if port.HostIP != "127.0.0.1" {
					t.Errorf("%s is reachable from other machines", name)
				}
			}
		}
	}
}

// TestManifests: each document fits the types of Kubernetes, has no field that they do not know, and selects its own pods.
func TestManifests(t *testing.T) {
	files, err := filepath.Glob("kubernetes/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no manifests: %v", err)
	}
	count := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, doc := range bytes.Split(text, []byte("\n---\n")) {
			var kind struct{ APIVersion, Kind string }
			if err := yaml.Unmarshal(doc, &kind); err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			var selector, labels map[string]string
			switch kind.APIVersion + " " + kind.Kind {
			case "v1 Service":
				s := strict[core.Service](t, file, doc)
				selector, labels = s.Spec.Selector, s.Spec.Selector
			case "policy/v1 PodDisruptionBudget":
				s := strict[policy.PodDisruptionBudget](t, file, doc)
				selector, labels = s.Spec.Selector.MatchLabels, s.Spec.Selector.MatchLabels
			case "apps/v1 Deployment":
				s := strict[apps.Deployment](t, file, doc)
				selector, labels = s.Spec.Selector.MatchLabels, s.Spec.Template.Labels
				pod := s.Spec.Template.Spec
				if pod.SecurityContext == nil || pod.SecurityContext.RunAsNonRoot == nil || !*pod.SecurityContext.RunAsNonRoot {
					t.Errorf("%s: %s may run as root", file, s.Name)
				}
				mounted := map[string]bool{}
				for _, v := range pod.Volumes {
					mounted[v.Name] = true
				}
				for _, c := range pod.Containers {
					for _, m := range c.VolumeMounts {
						if !mounted[m.Name] {
							t.Errorf("%s: %s mounts the volume %s, which is not there", file, s.Name, m.Name)
						}
					}
					if c.ReadinessProbe == nil || c.LivenessProbe == nil || c.StartupProbe == nil {
						t.Errorf("%s: %s has no probe of some kind", file, s.Name)
					}
				}
			default:
				t.Errorf("%s: a test of the kind %q is missing", file, kind)
			}
			if count++; len(selector) == 0 || labels["role"] != selector["role"] || labels["app"] != selector["app"] {
				t.Errorf("%s: %s selects %v of %v", file, kind.Kind, selector, labels)
			}
		}
	}
	if count != 6 {
		t.Errorf("%d documents", count)
	}
}

func strict[T any](t *testing.T, file string, doc []byte) *T {
	t.Helper()
	v := new(T)
	if err := yaml.UnmarshalStrict(doc, v); err != nil {
		t.Errorf("%s: %v", file, err)
	}
	return v
}
