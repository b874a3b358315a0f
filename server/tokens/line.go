package tokens

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"github.com/caspian-kg/caspian/graph"
)

// Holder is who has a token. The zero value is a token without a name.
type Holder struct {
	// Name identifies the holder in the log and in what it writes.
	Name string
	// Role is what the holder may do, and Groups are what it belongs to; this package does not know their meaning.
	Role   string
	Groups []string
	// Expires is when the token becomes invalid; the zero time means never.
	Expires time.Time
}

// Expired reports whether the token is no longer valid.
func (h Holder) Expired(now time.Time) bool { return !h.Expires.IsZero() && !now.Before(h.Expires) }

// hashed begins the line of a hashed token.
const hashed = "sha256:"

// Make returns a new token, and the line with its hash for a file of tokens.
func Make(h Holder) (token, line string) {
	token = rand.Text()
	sum := sha256.Sum256([]byte(token))
	return token, hashed + hex.EncodeToString(sum[:]) + h.text()
}

// text returns the attributes of a line.
func (h Holder) text() string {
	text := " name=" + h.Name + " role=" + h.Role
	if len(h.Groups) > 0 {
		text += " groups=" + strings.Join(h.Groups, ",")
	}
	if !h.Expires.IsZero() {
		text += " expires=" + h.Expires.UTC().Format(time.RFC3339)
	}
	return text
}

// CheckName returns what is wrong with the name of a holder, a role or a group.
func CheckName(what, name string) error {
	if name == "" || len(name) > 64 {
		return graph.Errorf(graph.BadInput, "the %s %q has %d characters; use 1 to 64", what, graph.Clip(name), len(name))
	}
	for _, c := range name {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.ContainsRune("-_.@", c)) {
			return graph.Errorf(graph.BadInput, "the %s %q has the character %q; use letters, digits and - _ . @", what, name, c)
		}
	}
	return nil
}

// Hashed reads the line of a hashed token. ok is false if the line is another one, such as a token as it is.
func Hashed(line string) (h Holder, hash [sha256.Size]byte, ok bool, err error) {
	fields := strings.Fields(line)
	if len(fields) == 0 || !strings.HasPrefix(fields[0], hashed) {
		return h, hash, false, nil
	}
	sum, err := hex.DecodeString(strings.TrimPrefix(fields[0], hashed))
	if err != nil || len(sum) != len(hash) {
		return h, hash, true, graph.Errorf(graph.BadInput, "%s is followed by 64 hexadecimal digits", hashed)
	}
	copy(hash[:], sum)
	for _, f := range fields[1:] {
		name, value, _ := strings.Cut(f, "=")
		if err := h.set(name, value); err != nil {
			return h, hash, true, err
		}
	}
	if h.Name == "" || h.Role == "" {
		return h, hash, true, graph.Errorf(graph.BadInput, "a hashed token needs name=NAME and role=ROLE after the hash")
	}
	return h, hash, true, nil
}

func (h *Holder) set(name, value string) (err error) {
	switch name {
	case "name":
		h.Name = value
		return CheckName(name, value)
	case "role":
		h.Role = value
		return CheckName(name, value)
	case "groups":
		h.Groups = strings.Split(value, ",")
		for _, g := range h.Groups {
			if err := CheckName("group", g); err != nil {
				return err
			}
		}
	case "expires":
		if h.Expires, err = time.Parse(time.RFC3339, value); err != nil {
			return graph.Errorf(graph.BadInput, "expires=%s is not an instant, such as 2027-06-30T00:00:00Z", graph.Clip(value))
		}
	default:
		return graph.Errorf(graph.BadInput, "a token has no %q; it has name, role, groups and expires", graph.Clip(name))
	}
	return nil
}

// addLine adds the token of a line.
func (t *Tokens) addLine(line string) error {
	h, hash, ok, err := Hashed(line)
	if !ok {
		return t.add(line)
	}
	if err == nil {
		t.hashes, t.holders = append(t.hashes, hash), append(t.holders, h)
	}
	return err
}
