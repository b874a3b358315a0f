package tokens

import (
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"math/rand/v2"
	"testing"
)

// TestStrength: tokens that people make up are refused, and those of a random generator
// never are.
func TestStrength(t *testing.T) {
	for _, weak := range []string{
		"aaaaaaaaaaaaaaaa", "passwordpassword", "0123456789abcdef", "1234567890123456", "abcdefghijklmnop", "qwertyuiopasdfgh",
		"abababababababab", "aaaaaaaabbbbbbbb", "Password1Password1", "changemechangeme", "admin-admin-admin-admin", "caspian-token-secret",
		"00000000000000000000000000000000", "deadbeefdeadbeefdeadbeefdeadbeef", "abcabcabcabcabcabcabcabc", "ZYXWVUTSRQPONMLK",
		"2025202520252025", "letmeinletmein123", "secretsecretsecretsecret", "fedcba9876543210", "acegikmoqsuwy024", "............................",
	} {
		if bits := strength(weak); bits >= minBits {
			t.Errorf("%q has %d bits", weak, bits)
		}
		if _, err := New(weak); err == nil {
			t.Errorf("%q is taken", weak)
		}
	}
	least, random := 1000, rand.NewChaCha8([32]byte{1})
	for range 20_000 {
		var b [16]byte
		_, _ = random.Read(b[:])
		for _, strong := range []string{base32.StdEncoding.EncodeToString(b[:])[:26], hex.EncodeToString(b[:]), base64.StdEncoding.EncodeToString(b[:]), base64.RawURLEncoding.EncodeToString(b[:12])} {
			least = min(least, strength(strong))
			if _, err := New(strong); err != nil {
				t.Fatalf("%s: %v", strong, err)
			}
		}
	}
	t.Logf("the weakest of 80,000 random tokens has %d bits", least)
}
