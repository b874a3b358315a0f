// Package tokens has the bearer tokens of a service: it reads them, refuses weak ones, stores only
// hashes, compares in constant time, and slows down clients that guess.
//
// Read Tokens and Guesses first; line.go has the form of a file. The package must not know requests, nor what a
// token permits.
package tokens

import (
	"bufio"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/caspian-kg/caspian/graph"
)

// Tokens is a set of bearer tokens with their holders. It stores only their hashes and never changes.
type Tokens struct {
	hashes  [][sha256.Size]byte
	holders []Holder
}

const (
	minToken = 16
	// minBits is the strength in bits that makes a token safe from guessing: at ten thousand
	// guesses a second, half of 2^60 guesses take two million years.
	minBits = 60
)

// Read reads tokens, one per line, as they are or hashed (see Make); blank lines and lines that begin with # are
// skipped. The error names every line that is wrong.
func Read(name string, r io.Reader) (*Tokens, error) {
	t := &Tokens{}
	var ps graph.Problems
	sc := bufio.NewScanner(r)
	n := 0
	for sc.Scan() {
		n++
		line := strings.TrimSpace(sc.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		if err := t.addLine(line); err != nil {
			ps = append(ps, graph.Problem{Position: graph.Position{File: name, Line: n}, Code: graph.BadInput, Message: err.Error()})
		}
	}
	if err := sc.Err(); err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	if len(ps) > 0 {
		return nil, ps
	}
	if len(t.hashes) == 0 {
		return nil, graph.Errorf(graph.BadInput, "%s has no token; 'caspian token add' makes one", name)
	}
	return t, nil
}

// New returns a set of one token. The error says why the token is refused.
func New(token string) (*Tokens, error) {
	t := &Tokens{}
	return t, t.add(token)
}

func (t *Tokens) add(token string) error {
	const make = "make one with: openssl rand -hex 16"
	for _, c := range token {
		if c <= ' ' || c > '~' {
			return graph.Errorf(graph.BadInput, "a token has no blanks, and only ASCII characters; write one token per line")
		}
	}
	if len(token) < minToken {
		return graph.Errorf(graph.BadInput, "the token has %d characters; use at least %d: %s", len(token), minToken, make)
	}
	if bits := strength(token); bits < minBits {
		return graph.Errorf(graph.BadInput, "the token is easy to guess (about %d bits of the %d that are needed); %s", bits, minBits, make)
	}
	t.hashes, t.holders = append(t.hashes, sha256.Sum256([]byte(token))), append(t.holders, Holder{})
	return nil
}

// Len returns the number of tokens.
func (t *Tokens) Len() int {
	if t == nil {
		return 0
	}
	return len(t.hashes)
}

// Holder returns the holder of token i, who is nameless if the token is in the file as it is.
func (t *Tokens) Holder(i int) Holder { return t.holders[i] }

// Find returns the number of the token in the set, or -1. The time does not depend on how much of
// the token is correct.
func (t *Tokens) Find(token string) int {
	found := -1
	if t == nil {
		return found
	}
	hash := sha256.Sum256([]byte(token))
	for i := range t.hashes {
		found = subtle.ConstantTimeSelect(subtle.ConstantTimeCompare(t.hashes[i][:], hash[:]), i, found)
	}
	return found
}

// FindCookie returns the number of a token in the set of which one of the values is the cookie, or -1.
func (t *Tokens) FindCookie(values []string, port string) int {
	found := -1
	if t == nil {
		return found
	}
	for i := range t.hashes {
		mine := []byte(t.Cookie(i, port))
		for _, value := range values {
			found = subtle.ConstantTimeSelect(subtle.ConstantTimeCompare(mine, []byte(value)), i, found)
		}
	}
	return found
}

// Cookie returns the value that replaces token i in a browser. The token cannot be computed from
// it. It is valid for one port, because browsers send a host's cookies to all its ports.
func (t *Tokens) Cookie(i int, port string) string {
	mac := hmac.New(sha256.New, t.hashes[i][:])
	mac.Write([]byte("caspian cookie, port " + port))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// guessable are words that people use in tokens.
var guessable = []string{
	"password", "passwort", "passwd", "secret", "token", "admin", "root", "user", "letmein", "welcome", "login", "access",
	"caspian", "changeme", "change", "default", "example", "test", "demo", "production", "service", "graph", "write", "read",
	"qwertyuiop", "qwerty", "asdfghjkl", "asdf", "zxcvbnm", "abc123", "iloveyou", "monkey", "dragon", "bearer", "your", "key",
}

// strength estimates the bits of a token that an attacker must guess. A character counts the
// logarithm of its alphabet's size. A character that follows from the previous ones (a repetition,
// a series such as 1234) counts one bit, and so does each letter of a guessable word.
func strength(token string) int {
	text := strings.ToLower(token)
	per := math.Log2(float64(alphabet(token)))
	bits := 0.0
	for i := 0; i < len(text); {
		if n := guessableWord(text[i:]); n > 0 {
			bits += per + 1
			i += n
			continue
		}
		if n := repeated(text, i); n > 0 {
			bits += 1
			i += n
			continue
		}
		if i >= 2 && text[i]-text[i-1] == text[i-1]-text[i-2] && text[i]-text[i-1]+2 <= 4 {
			bits += 1 // the series continues in steps of at most two, up or down
		} else {
			bits += per
		}
		i++
	}
	// The entropy of the characters bounds the estimate.
	return int(min(bits, mix(token)*float64(len(token))))
}

// guessableWord returns the length of the longest guessable word at the beginning of a text, or 0
// if there is none.
func guessableWord(text string) int {
	longest := 0
	for _, w := range guessable {
		if len(w) > longest && strings.HasPrefix(text, w) {
			longest = len(w)
		}
	}
	return longest
}

// repeated returns the length of the longest text at i that also occurs before i, or 0 if the text
// is so short that it may occur by chance.
func repeated(text string, i int) int {
	n := 0
	for i+n < len(text) && strings.Contains(text[:i], text[i:i+n+1]) {
		n++
	}
	if n < 3 {
		return 0
	}
	return n
}

// mix returns the entropy of the characters, in bits per character.
func mix(text string) float64 {
	var count [256]float64
	for i := range len(text) {
		count[text[i]]++
	}
	h := 0.0
	for _, n := range count {
		if n > 0 {
			p := n / float64(len(text))
			h -= p * math.Log2(p)
		}
	}
	// A short text cannot contain all the characters that its author might have chosen.
	return h * 1.25
}

// alphabet returns the number of characters from which the token seems to be chosen.
func alphabet(token string) int {
	n := 0
	has := func(set string) bool { return strings.ContainsAny(token, set) }
	switch {
	case strings.Trim(token, "0123456789") == "":
		return 10
	case strings.Trim(token, "0123456789abcdef") == "" || strings.Trim(token, "0123456789ABCDEF") == "":
		return 16
	}
	if has("abcdefghijklmnopqrstuvwxyz") {
		n += 26
	}
	if has("ABCDEFGHIJKLMNOPQRSTUVWXYZ") {
		n += 26
	}
	if has("0123456789") {
		n += 10
	}
	if strings.Trim(token, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != "" {
		n += 10
	}
	return n
}
