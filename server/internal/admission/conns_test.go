package admission

import "testing"

func TestConnectionsOfFiles(t *testing.T) {
	for _, tc := range []struct {
		files uint64
		want  int
	}{{0, 1}, {256, 128}, {1024, 512}, {4096, 3480}, {20_000, 19_384}, {1 << 20, manyConnections}, {1<<64 - 1, manyConnections}} {
		if got := connectionsOf(tc.files); got != tc.want {
			t.Errorf("%d files allow %d connections, not %d", tc.files, got, tc.want)
		}
	}
}
