package storetest

import (
	"bufio"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Kills returns how often a test kills a child: soak times if CASPIAN_SOAK is set, few times in short mode,
// otherwise times. It also returns random numbers from a seed that it logs.
func Kills(t testing.TB, few, times, soak int) (int, *rand.Rand) {
	t.Helper()
	if os.Getenv("CASPIAN_SOAK") != "" {
		times = soak
	} else if testing.Short() {
		times = few
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	return times, rand.New(rand.NewPCG(seed, 0))
}

// KillChild runs the test binary again as a child, with one more variable ("NAME=value") in its environment,
// and kills it after a while. The child prints each acknowledged number on a line; KillChild returns the
// highest, or 0 if there is none. The test fails if the child ends with an error before it is killed.
//
// The package's TestMain must check the variable and act as the child.
func KillChild(t testing.TB, env string, after time.Duration) (acknowledged int) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), env)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	kill := time.AfterFunc(after, func() { cmd.Process.Kill() })
	defer kill.Stop()
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		n, err := strconv.Atoi(lines.Text())
		if err != nil {
			break // cut short, so it was not acknowledged
		}
		acknowledged = max(acknowledged, n)
	}
	if err := cmd.Wait(); err != nil && cmd.ProcessState.Exited() {
		t.Fatalf("the child ended by itself: %v\n%s", err, &stderr)
	}
	return acknowledged
}
