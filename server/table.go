package server

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/caspian-kg/caspian/codes"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/gql/sheet"
	"github.com/caspian-kg/caspian/server/internal/content"
)

// table is the form of a table that a request wants. It comes from the parameter format, or else from the
// ending of the path, or else from the header Accept.
type table string

const (
	noTable table = ""
	csv     table = "csv"
	rawCSV  table = "csv-raw" // a formula is not preceded by an apostrophe
)

// csvPath is the path of /graphql for tables.
const csvPath = "/graphql.csv"

// tableOf returns the table that a request wants, and the media type of JSON answers. If it wants a table, only
// errors are answered as JSON. An unknown format is an error.
func tableOf(r *http.Request, accepted string) (form table, media string, bad *requestError) {
	if strings.Contains(r.URL.RawQuery, "format=") {
		q, err := url.ParseQuery(r.URL.RawQuery)
		if err != nil {
			return noTable, "", unreadable("the query string cannot be read: %v", err)
		}
		switch format := q.Get("format"); {
		case format == string(csv), format == string(rawCSV):
			return table(format), content.Response, nil
		case format == "json" && accepted == content.CSV:
			return noTable, content.Response, nil
		case format == "json":
			return noTable, accepted, nil
		case q.Has("format"):
			return noTable, "", badRequest("format must be json, csv or csv-raw, not %q", format)
		}
	}
	if r.URL.Path == csvPath || accepted == content.CSV {
		return csv, content.Response, nil
	}
	return noTable, accepted, nil
}

// form is the form of an answer: a table, or the media type of its JSON. Both are empty if there is no answer but an
// event stream. streamed is true if the client accepts an event stream.
type form struct {
	table    table
	media    string
	streamed bool
}

// formOf returns the form of the answer. If the form is zero, formOf has answered with a refusal.
func (s *Server) formOf(w http.ResponseWriter, r *http.Request) form {
	accept := s.accepts.Of(r.Header["Accept"])
	table, media, bad := tableOf(r, accept.Media)
	switch {
	case bad != nil:
		s.refuse(w, r, content.Response, bad)
		return form{}
	case media == "" && !accept.Streamed:
		writeError(w, http.StatusNotAcceptable, jsonType, codes.NotAcceptable,
			"answers come as application/graphql-response+json, application/json or, where they are a table, text/csv; accept one of them")
	}
	return form{table, media, accept.Streamed}
}

// tag returns the ETag of a table, derived from the ETag of the same answer as JSON.
func (t table) tag(etag string) string {
	if t == noTable || etag == "" {
		return etag
	}
	return strings.TrimSuffix(etag, `"`) + "-" + string(t) + `"`
}

// answerTable writes the engine's result as a table. If the result has errors, it writes JSON, and the status is
// never one of success, because the client expects a table.
func (s *Server) answerTable(w *responseRecorder, r *http.Request, form table, session Session, valid validity, res *gql.Response) {
	if res.Code == codes.MutationNotAllowed && r.Method == http.MethodPost {
		writeError(w, http.StatusNotAcceptable, content.Response, codes.NotAcceptable, "a mutation is answered as JSON; accept application/json")
		return
	}
	if res.Errors > 0 {
		status := statusOf(res, content.Response)
		if status < 400 {
			status = http.StatusUnprocessableEntity
		}
		s.answer(w, r, content.Response, status, session, valid, res)
		return
	}
	shape := res.Shape()
	rows, err := sheet.New(shape)
	if err != nil {
		writeError(w, http.StatusUnprocessableEntity, content.Response, codes.NotATable, err.Error())
		return
	}
	rows.Raw = form == rawCSV
	h := w.Header()
	h.Set("Content-Type", content.CSV+"; charset=utf-8; header=present")
	h.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="%s.csv"`, nameOf(res, shape)))
	s.label(w, r, session, valid, res)
	w.WriteHeader(http.StatusOK)
	if r.Method == http.MethodHead {
		return
	}
	if err := rows.Write(&patient{w: w, control: http.NewResponseController(w)}, res.Body); err != nil {
		s.log.Debug("answer_not_sent", "error", err.Error())
	}
}

// nameOf returns a name for the file of a table: the name of the operation, or of the first field.
func nameOf(res *gql.Response, shape *gql.Shape) string {
	if res.OperationName != "" {
		return res.OperationName
	}
	if len(shape.Fields) > 0 {
		return shape.Fields[0].Name
	}
	return "answer"
}
