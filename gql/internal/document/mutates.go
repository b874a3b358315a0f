package document

import "strings"

// Mutates reports whether the document has a mutation of that name, or any mutation if the
// name is empty. It does not check that the document is valid, and is cheap for most
// documents without mutations.
func Mutates(document, operationName string) bool {
	const keyword = "mutation"
	if !strings.Contains(document, keyword) {
		return false
	}
	s := &scanner{src: document, line: 1}
	depth, after := 0, false // after the keyword
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

// lastName returns the name that the scanner has just passed.
func (s *scanner) lastName() string {
	from := s.pos
	for from > 0 && isNamePart(s.src[from-1]) {
		from--
	}
	return s.src[from:s.pos]
}
