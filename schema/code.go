package schema

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// Code says how a text is written that is a code of an outside scheme, an address or a key, but neither a name
// nor prose. Codes are compared exactly.
type Code struct {
	// Form is the pattern that the whole code must match; nil allows any text.
	Form *regexp.Regexp
	// Like is an example, for messages.
	Like string
	// Addresses are prefixes of web addresses, without scheme, www. and m.; the rest of such an address is the
	// code.
	Addresses []string

	change func(string) string // converts to the case of the scheme; nil if case is significant
}

// Fold converts a text, or a part of one, to the case of the scheme.
func (c *Code) Fold(s string) string {
	if c.change == nil {
		return s
	}
	return c.change(s)
}

// Read returns the code in a text: in the case of the scheme, and extracted from an address. The error is the
// end of a sentence that begins with a name for the text.
func (c *Code) Read(s string) (string, error) {
	if code, ok := c.Find(s); ok {
		return code, nil
	}
	like := ""
	if c.Like != "" {
		like = ", such as " + c.Like
	}
	form := strings.TrimSuffix(strings.TrimPrefix(c.Form.String(), "^(?:"), ")$")
	return "", fmt.Errorf("is %q, but must have the form %s%s", clip(s), form, like)
}

// Find is like Read, for texts that may not be codes.
func (c *Code) Find(s string) (code string, ok bool) {
	code = c.Fold(c.within(strings.TrimSpace(s)))
	return code, c.Form == nil || c.Form.MatchString(code)
}

// shift converts ASCII letters of one case to the other, and leaves other letters unchanged: converting a
// dotless i would make it an I.
func shift(s string, from, to rune) string {
	return strings.Map(func(r rune) rune {
		if r >= from && r <= to {
			return r ^ ' '
		}
		return r
	}, s)
}

// clip shortens a text for a message.
func clip(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// within extracts a code from an address.
func (c *Code) within(s string) string {
	if len(c.Addresses) == 0 {
		return s
	}
	rest := s
	for _, scheme := range []string{"https://", "http://", "//"} {
		if len(rest) >= len(scheme) && strings.EqualFold(rest[:len(scheme)], scheme) {
			rest = rest[len(scheme):]
			break
		}
	}
	for _, host := range []string{"www.", "m."} {
		if len(rest) >= len(host) && strings.EqualFold(rest[:len(host)], host) {
			rest = rest[len(host):]
		}
	}
	for _, a := range c.Addresses {
		if len(rest) >= len(a) && strings.EqualFold(rest[:len(a)], a) {
			code := rest[len(a):]
			if i := strings.IndexAny(code, "?#/."); i >= 0 {
				code = code[:i]
			}
			return code
		}
	}
	return s
}

// code reads the directive @code of a text. It returns nil if the text is a name or prose.
func (l *loader) code(pos *ast.Position, where string, list ast.DirectiveList, s Scalar, key bool) *Code {
	args, ok := l.directive(list, "code")
	switch {
	case ok && s != String:
		l.fail(pos, "%s: @code belongs on texts only", where)
		return nil
	case !ok && !(key && s == String):
		return nil
	}
	c := &Code{Like: args["like"], Addresses: strings.Fields(args["addresses"])}
	switch args["case"] {
	case "UPPER":
		c.change = func(s string) string { return shift(s, 'a', 'z') }
	case "LOWER":
		c.change = func(s string) string { return shift(s, 'A', 'Z') }
	}
	if form := args["form"]; form != "" {
		// The form is first compiled alone, because "a)|(b" is a pattern only within brackets.
		if _, err := regexp.Compile(form); err != nil {
			l.fail(pos, "%s: the form is not a regular expression: %v", where, err)
			return c
		}
		c.Form = regexp.MustCompile("^(?:" + form + ")$")
	}
	if c.Like != "" {
		if code, err := c.Read(c.Like); err != nil || code != c.Like {
			l.fail(pos, "%s: the example %q is not written as @code says", where, c.Like)
		}
	}
	return c
}
