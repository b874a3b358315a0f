package postgres

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"regexp"
	"strings"
	"time"

	"github.com/cayleygraph/quad"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/store/internal/commits"
	"github.com/caspian-kg/caspian/graph/store/internal/terms"
)

// The constants are SQL states that need special treatment.
const (
	uniqueViolation = "23505"
	undefinedTable  = "42P01"
	tooMany         = "53300" // too many connections
	readOnlySQL     = "25006"
	diskFull        = "53100"
)

// sqlState returns the SQL state of an error from the server, or "" for other errors.
func sqlState(err error) string {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code
	}
	return ""
}

// explain adds to an error of the database what the operator can do about it.
func explain(err error) error {
	switch state := sqlState(err); {
	case state == readOnlySQL:
		return fmt.Errorf("%w: the server takes no writes, as a standby; give the address of the primary", err)
	case state == diskFull:
		return fmt.Errorf("%w: free space at the server", err)
	case away(err):
		return fmt.Errorf("%w: %w", graph.Errorf(graph.Unavailable, "the database cannot be reached"), err)
	}
	return err
}

// away reports whether an error means that the server was not reached, did not answer, or ended the connection.
func away(err error) bool {
	var connecting *pgconn.ConnectError
	var network net.Error // this includes a deadline
	state := sqlState(err)
	return state == tooMany || strings.HasPrefix(state, "08") || strings.HasPrefix(state, "57P") ||
		errors.As(err, &connecting) || errors.As(err, &network) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || pgconn.SafeToRetry(err)
}

// refuse returns the error that says why a group was not written.
func (d *database) refuse(w *written, err error) error {
	var coded *graph.Error
	var pg *pgconn.PgError
	switch {
	case errors.As(err, &coded):
		return err
	case errors.As(err, &pg) && pg.Code == uniqueViolation:
		return d.conflict(w, pg)
	}
	reason := explain(err)
	d.mu.Lock()
	d.refusal = reason
	d.mu.Unlock()
	return fmt.Errorf("store: append commit %d: %w: %w", w.first(), graph.Errorf(graph.Unavailable, "the store accepts no writes at present"), reason)
}

// conflict returns the error for a part that the store already has.
func (d *database) conflict(w *written, pg *pgconn.PgError) error {
	if pg.ConstraintName == "spol_unique" {
		return commits.KnownClaim(w.first(), w.claimOf(pg.Detail))
	}
	ctx, cancel := context.WithTimeout(context.Background(), d.opts.Wait)
	defer cancel()
	seen := map[string]graph.Seq{} // the idempotency keys of the group, which only Fill has not compared before
	for i := range w.entries {
		c := w.entries[i].Commit
		n, err := seen[c.Key], error(nil)
		if n == 0 {
			n, err = d.Key(ctx, c.Key)
		}
		if err == nil && n != 0 {
			return fmt.Errorf("store: append: %w", commits.KeyReused(c.Key, n))
		}
		if c.Key != "" {
			seen[c.Key] = c.Seq
		}
	}
	return fmt.Errorf("store: append commit %d: %w", w.first(), pg)
}

// hashes matches the hashes in a message such as Key (a, b)=(\x01, \x02) already exists.
var hashes = regexp.MustCompile(`\\x([0-9a-f]{40})`)

// claimOf returns the claim whose quad violates the unique index. The last hash in detail is that of the quad's
// label.
func (w *written) claimOf(detail string) string {
	all := hashes.FindAllStringSubmatch(detail, -1)
	if len(all) != 4 {
		return "of the commit"
	}
	label, _ := hex.DecodeString(all[3][1])
	for i := range w.entries {
		for j := range w.entries[i].Claims {
			id := w.entries[i].Claims[j].ID().String()
			if sum := terms.Hash(quad.IRI(commits.ClaimPrefix + id)); string(sum[:]) == string(label) {
				return id
			}
		}
	}
	return "of the commit"
}

func (d *database) Writable() error {
	if err := d.writable(); err != nil {
		return err
	}
	d.mu.RLock()
	refusal := d.refusal
	d.mu.RUnlock()
	if refusal == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), min(d.opts.Wait, time.Second))
	defer cancel()
	var standby bool
	if err := d.pool.QueryRow(ctx, `SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::bool`).Scan(&standby); err != nil || standby {
		return graph.Errorf(graph.Unavailable, "the store accepts no writes: %v", refusal)
	}
	return nil
}
