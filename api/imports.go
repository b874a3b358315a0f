package api

import (
	"context"

	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/api/internal/input"
	"github.com/caspian-kg/caspian/api/internal/output"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/analysis"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// imported is an import, with the view through which its claims are read.
type imported struct {
	view *snapshot.View
	*analysis.ImportEntry
	entry *logEntry // nil until a field needs its claims
}

func (b *builder) imports() output.Field {
	return output.Field{Name: "imports", Type: output.List(b.importType()),
		About: "What files, labelled changes and undos did, each as one import, the newest first. To continue, give the id of the last one as before.",
		Args: graphql.FieldConfigArgument{
			"before": {Type: graphql.Int, Description: "Starts with the import before this one."},
			"first":  {Type: graphql.Int, Description: "Returns at most this many imports; 50 by default."},
		},
		Read: recorded("", "before", func(ctx context.Context, v *snapshot.View, p *recordedPage, dst []gql.Ref) ([]gql.Ref, error) {
			list, err := analysis.Imports(ctx, v.Snapshot(), p.Before, p.Most)
			for _, i := range list {
				dst = append(dst, gql.Ref{Obj: &imported{view: v, ImportEntry: i}})
			}
			return dst, err
		})}
}

// learned returns the log entry of the import. It reads the entry once.
func (i *imported) learned(c *gql.Call) (*logEntry, error) {
	if i.entry == nil {
		e, err := i.Log(c.Ctx, i.view.Snapshot())
		if err != nil {
			return nil, err
		}
		i.entry = &logEntry{i.view, e}
	}
	return i.entry, nil
}

func (b *builder) importType() *graphql.Object {
	leaf := output.LeafOf[imported]
	number := output.Number[imported]
	other := func(name, about string, read func(i *imported) graph.Seq) output.Field {
		return output.Field{Name: name, About: about, Type: graphql.Int, Read: leaf(func(i *imported, dst []byte) []byte {
			if n := read(i); n != 0 {
				dst = gql.AppendInt(dst, int64(n))
			}
			return dst
		})}
	}
	text := func(name, about string, read func(i *imported) string) output.Field {
		return output.Field{Name: name, About: about, Type: graphql.String, Read: leaf(func(i *imported, dst []byte) []byte {
			if s := read(i); s != "" {
				dst = gql.AppendString(dst, s)
			}
			return dst
		})}
	}
	return b.Object("Import", "What some commits did together: those of the files of one import, of a labelled change, or of an undo.", func() []output.Field {
		return append([]output.Field{
			number("id", "The number of the import: the sequence number of its first commit.", func(i *imported) int { return int(i.Import.First) }),
			number("last", "The sequence number of its last commit.", func(i *imported) int { return int(i.Seq) }),
			{Name: "recordedAt", Type: output.Must(input.DateTime), About: "When its last commit was recorded.",
				Read: leaf(func(i *imported, dst []byte) []byte {
					return gql.AppendString(dst, instant(i.view.Snapshot().RecordedAt(i.Seq)))
				})},
			text("label", "In a few words what it is.", func(i *imported) string { return i.Import.Label }),
			text("files", "The names of the files that were read.", func(i *imported) string { return i.Import.Files }),
			text("format", "How they were read.", func(i *imported) string { return i.Import.Format }),
			text("sync", "The id of the source that it brought up to date.", func(i *imported) string { return string(i.Import.Sync) }),
			other("undid", "The number of the import that it took back.", func(i *imported) graph.Seq { return i.Import.Undid }),
			text("undidSource", "The id of the source of which it took back what it states.", func(i *imported) string { return string(i.Import.UndidSource) }),
			other("undoneBy", "The number of the undo that took it back.", func(i *imported) graph.Seq { return i.UndoneBy }),
			number("entitiesDeclared", "How many entities it declared.", func(i *imported) int { return i.Entities }),
			number("claimsStated", "How many claims it stated.", func(i *imported) int { return i.Claims }),
			number("claimsWithdrawn", "How many claims it retracted or superseded.", func(i *imported) int { return i.Withdrawn }),
			number("claimsReinstated", "How many claims it reinstated.", func(i *imported) int { return i.Reinstated }),
		}, b.importLists()...)
	})
}

// importLists returns the fields that list what an import recorded.
func (b *builder) importLists() []output.Field {
	entry := func(c *gql.Call, src gql.Ref) (*logEntry, error) { return src.Obj.(*imported).learned(c) }
	claims := func(read func(e *logEntry) []uint32) gql.Binding { return b.claimsOf(entry, read) }
	return []output.Field{
		{Name: "added", Type: output.Must(b.claimConnectionType()), Args: b.ClaimArgs(), About: "The claims that it stated or reinstated.",
			Read: claims(func(e *logEntry) []uint32 { return e.Added })},
		{Name: "withdrawn", Type: output.Must(b.claimConnectionType()), Args: b.ClaimArgs(), About: "The claims that it retracted or superseded.",
			Read: claims(func(e *logEntry) []uint32 { return e.Withdrawn })},
		{Name: "sources", Type: output.List(b.entityType(b.Ontology.Type(schema.SourceType))), About: "The sources of those claims, by id.", Read: gql.Binding{
			List: func(c *gql.Call, src gql.Ref, dst []gql.Ref) ([]gql.Ref, bool, error) {
				e, err := entry(c, src)
				if err != nil {
					return nil, false, err
				}
				return e.entities(dst, e.Sources(e.view.Snapshot())), true, nil
			}}},
	}
}
