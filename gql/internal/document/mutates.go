package document

import "strings"

// Mutates reports whether the document has a mutation with the name operationName, or any mutation
// if operationName is empty. It does not validate the document. It is fast for most documents
// without mutations.
func Mutates(document, operationName string) bool {
	const keyword = "mutation"
	if !strings.Contains(document, keyword) {
		return false
	}
	s := &scanner{src: document, line: 1}
	depth, after := 0, false // after is true after the keyword
	for {
		tok, err := s.next()
		if err != nil || tok == tokEOF {
			return false
		}
		if after {
			after = false
			if operationName == "" || tok == tokName && s.lastName() == operationName {
				return true
			}
		}
		switch tok {
		case '{':
			depth++
		case '}':
			depth--
		case tokName:
			after = depth == 0 && s.lastName() == keyword
		}
	}
}

// lastName returns the name that ends where the scanner is.
func (s *scanner) lastName() string {
	from := s.pos
	for from > 0 && isNamePart(s.src[from-1]) {
		from--
	}
	return s.src[from:s.pos]
}
