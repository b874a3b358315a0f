// Command table prints the results of a run of make bench-peers.
package main

import (
	"fmt"
	"os"

	"github.com/caspian-kg/caspian/bench/compare/peers"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: table RESULTS.json")
		os.Exit(2)
	}
	r, err := peers.Read(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	missed := r.Write(os.Stdout)
	fmt.Printf("\n%d goals missed\n", len(missed))
	for _, m := range missed {
		fmt.Println("-", m)
	}
}
