package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/caspian-kg/caspian/graph/store/internal/commits"
)

func (d *database) Ontology(hash string) (string, error) {
	texts, accepted, err := d.ontologies(`WHERE o.hash = CASE $1 WHEN '' THEN h.ontology ELSE $1 END`, hash)
	if hash == "" {
		hash = accepted
	}
	return texts[hash], err
}

func (d *database) Ontologies() (texts map[string]string, accepted string, err error) {
	return d.ontologies(``)
}

// ontologies returns the texts that a condition selects. accepted is the hash of the last accepted ontology, if it
// is among them. One statement reads both, because another process may accept an ontology meanwhile.
func (d *database) ontologies(where string, args ...any) (texts map[string]string, accepted string, err error) {
	if err := d.usable(); err != nil {
		return nil, "", err
	}
	ctx, cancel := context.WithTimeout(context.Background(), d.opts.Wait)
	defer cancel()
	texts = map[string]string{}
	found, err := d.pool.Query(ctx, `SELECT o.hash, o.content, h.ontology FROM caspian_ontology o CROSS JOIN caspian_head h `+where, args...)
	if err == nil {
		var hash, text string
		_, err = pgx.ForEachRow(found, []any{&hash, &text, &accepted}, func() error { texts[hash] = text; return nil })
	}
	if err != nil {
		return nil, "", fmt.Errorf("store: the ontologies: %w", explain(err))
	}
	return texts, accepted, nil
}

func (d *database) AcceptOntology(hash, text string) error {
	d.writing.Lock()
	defer d.writing.Unlock()
	if err := commits.CheckHash(hash); err != nil {
		return err
	}
	if err := d.writable(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), d.opts.Wait)
	defer cancel()
	err := pgx.BeginTxFunc(ctx, d.pool, readCommitted, func(tx pgx.Tx) error {
		if _, err := d.look(ctx, tx, takeHead, nil); err != nil {
			return err
		}
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
