package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/store/internal/commits"
)

func (d *database) Ontology(hash string) (string, error) {
	texts, accepted, err := d.ontologies(`WHERE hash = $1 OR $1 = '' AND hash = (SELECT ontology FROM caspian_head)`, hash)
	if hash == "" {
		hash = accepted
	}
	return texts[hash], err
}

func (d *database) Ontologies() (texts map[string]string, accepted string, err error) {
	return d.ontologies(`WHERE $1 = ''`, "")
}

// ontologies reads the texts that a condition on a hash selects, and the hash of the one accepted last.
func (d *database) ontologies(where, hash string) (texts map[string]string, accepted string, err error) {
	if err := d.usable(); err != nil {
		return nil, "", err
	}
	ctx, cancel := context.WithTimeout(context.Background(), d.opts.Wait)
	defer cancel()
	texts = map[string]string{}
	found, err := d.pool.Query(ctx, `SELECT hash, content FROM caspian_ontology `+where, hash)
	if err == nil {
		var key, text string
		_, err = pgx.ForEachRow(found, []any{&key, &text}, func() error { texts[key] = text; return nil })
	}
	if err == nil {
		err = d.pool.QueryRow(ctx, `SELECT ontology FROM caspian_head`).Scan(&accepted)
	}
	if err != nil {
		return nil, "", fmt.Errorf("store: the ontologies: %w", explain(err))
	}
	return texts, accepted, nil
}

func (d *database) AcceptOntology(hash, text string) error {
	d.writing.Lock()
	defer d.writing.Unlock()
	if hash == "" || !commits.IsHex(hash) {
		return graph.Errorf(graph.BadInput, "the hash %q of the ontology is not hexadecimal", hash)
	}
	if err := d.writable(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), d.opts.Wait)
	defer cancel()
	err := pgx.BeginFunc(ctx, d.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `INSERT INTO caspian_ontology (hash, content) VALUES ($1, $2) ON CONFLICT (hash) DO UPDATE SET content = excluded.content`, hash, text); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `UPDATE caspian_head SET ontology = $1`, hash)
		return err
	})
	if err != nil {
		return fmt.Errorf("store: keep the ontology: %w", explain(err))
	}
	return nil
}
