package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestKilledImports kills the program at random moments of an import and runs
// the same import again until it completes: the store is then the same as after an import
// without a kill.
func TestKilledImports(t *testing.T) {
	if testing.Short() {
		t.Skip("builds and kills the program")
	}
	kills := 5
	if os.Getenv("CASPIAN_SOAK") != "" {
		kills = 50
	}
	program, dir := buildProgram(t), t.TempDir()
	file := filepath.Join(dir, "cities.jsonl")
	var text strings.Builder
	text.WriteString(`{"entity":"notes","type":"Source"}` + "\n")
	for i := range 6000 {
		fmt.Fprintf(&text, `{"entity":"city-%d","type":"City"}`+"\n", i)
		fmt.Fprintf(&text, `{"subject":"city-%d","predicate":"name","value":"City %d","source":"notes","locator":"row %d"}`+"\n", i, i, i)
	}
	if err := os.WriteFile(file, []byte(text.String()), 0o666); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) []byte {
		t.Helper()
		out, err := exec.Command(program, args...).Output()
		if err != nil {
			t.Fatalf("%v: %v", args, err)
		}
		return out
	}
	whole, killed := filepath.Join(dir, "whole"), filepath.Join(dir, "killed")
	start := time.Now()
	run("import", "--store", whole, "--batch", "100", file)
	took := time.Since(start)

	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 1))
	for range kills {
		cmd := exec.Command(program, "import", "--store", killed, "--batch", "100", file)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(random.Int64N(int64(took)))) // a kill at any time is what is tested
		_ = cmd.Process.Kill()                                // it may have ended
		_ = cmd.Wait()
	}
	run("import", "--store", killed, "--batch", "100", file)
	if !bytes.Equal(run("export", "--store", killed), run("export", "--store", whole)) {
		t.Error("the store after kills differs from the one without")
	}
	run("verify", "--store", killed)
	if left, _ := filepath.Glob(filepath.Join(killed, "snapshot.*")); left != nil {
		t.Errorf("left over are %v", left)
	}
}
