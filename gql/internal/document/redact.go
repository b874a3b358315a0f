package document

// Redact returns the document without possibly private parts, for logs and traces: every string
// becomes "", every number 0, and comments and layout are left out. The result ends where the text
// stops being valid tokens of GraphQL, or at length bytes; "…" replaces the rest.
func Redact(document string, length int) string {
	const rest = "…"
	s := &scanner{src: document, line: 1}
	var out []byte
	word := false // the previous token is a name, a number or a string
	for {
		tok, err := s.next()
		if err != nil {
			return string(out) + rest
		}
		if tok == tokEOF {
			return string(out)
		}
		text := string(tok)
		switch tok {
		case tokName:
			start := s.pos
			for start > 0 && isNamePart(document[start-1]) {
				start--
			}
			text = document[start:s.pos]
		case tokString:
			text = `""`
		case tokSpread:
			text = "..."
		}
		isWord := tok == tokName || tok == tokNumber || tok == tokString
		if word && (isWord || tok == tokSpread) { // "0..." would not be two tokens
			text = " " + text
		}
		word = isWord
		if len(out)+len(text) > length {
			return string(out) + rest
		}
		out = append(out, text...)
	}
}
