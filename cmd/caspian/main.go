// Command caspian serves and fills a geopolitical knowledge graph.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
	"github.com/caspian-kg/caspian/schema"
)

func main() {
	o, err := schema.Load("ontology.graphql", schema.Default)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	var ch graph.Change
	bad := false
	for _, name := range os.Args[2:] {
		f, err := os.Open(name)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		format, err := codec.ForFile(name)
		if err == nil {
			err = format.Decode(context.Background(), name, f, func(op graph.Op) error { ch.Ops = append(ch.Ops, op); return nil })
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			bad = true
		}
	}
	res, problems := graph.Check(o, graph.Nothing, &ch)
	for _, p := range problems {
		fmt.Println(p)
	}
	if res != nil {
		for _, n := range res.Notices {
			fmt.Println("notice:", n)
		}
		fmt.Println(len(res.Commit.Entities), "entities", len(res.Commit.Claims), "claims")
	}
	if bad || len(problems) > 0 {
		os.Exit(1)
	}
}
