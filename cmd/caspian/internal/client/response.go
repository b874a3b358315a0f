package client

import (
	"encoding/json"
	"fmt"
	"html"
	"mime"
	"net/http"
	"regexp"
	"strings"
)

// response is the response to a request: GraphQL's answer, or a refusal by the service or a proxy.
type response struct {
	status int
	header http.Header
	body   []byte
}

func (r *response) media() string {
	media, _, _ := mime.ParseMediaType(r.header.Get("Content-Type")) // "" if the header cannot be parsed
	return media
}

// isAnswer reports whether the body is GraphQL's answer, with or without errors.
func (r *response) isAnswer() bool { return r.media() == "application/graphql-response+json" }

// firstError returns the first error in a JSON body.
func (r *response) firstError() (code, message string) {
	if !r.isAnswer() && r.media() != "application/json" {
		return "", ""
	}
	var body struct {
		Errors []struct {
			Message    string
			Extensions struct{ Code string }
		}
	}
	if json.Unmarshal(r.body, &body) != nil || len(body.Errors) == 0 {
		return "", ""
	}
	return body.Errors[0].Extensions.Code, body.Errors[0].Message
}

func (r *response) code() string {
	code, _ := r.firstError()
	return code
}

// refusal is the error of a response that is not GraphQL's answer.
type refusal struct {
	from   string
	status int
	code   string // "" if the response has none
	text   string
}

func (f *refusal) Error() string {
	name := http.StatusText(f.status)
	if name != "" { // 294 is too new to have one
		name = " " + name
	}
	return fmt.Sprintf("%s answers %d%s%s", f.from, f.status, name, f.text)
}

var (
	title = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)
	blank = regexp.MustCompile(`\s+`)
)

// longestText is the number of characters of a text that are shown.
const longestText = 300

func (r *response) refusal(from string) *refusal {
	f := &refusal{from: from, status: r.status}
	shown := func(text string) string {
		text = strings.TrimSpace(blank.ReplaceAllString(strings.ToValidUTF8(text, "?"), " "))
		if len(text) > longestText {
			text = strings.ToValidUTF8(text[:longestText], "") + "…"
		}
		return text
	}
	media := r.media()
	code, message := r.firstError()
	switch {
	case message != "":
		f.code, f.text = code, ": "+shown(message)
	case media == "text/html":
		f.text = " with a page of HTML"
		if m := title.FindSubmatch(r.body); m != nil {
			f.text += fmt.Sprintf(" (%q)", shown(html.UnescapeString(string(m[1]))))
		}
		f.text += "; a proxy may have answered for the service, or it is not Caspian"
	case media == "text/plain" && len(r.body) > 0:
		f.text = ": " + shown(string(r.body))
	case media == "":
		f.text = " without a Content-Type; is it Caspian?"
	default:
		f.text = fmt.Sprintf(" with %s instead of GraphQL; is it Caspian?", media)
	}
	return f
}
