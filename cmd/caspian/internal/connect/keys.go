package connect

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/server/tokens"
)

// Files in the folder of a store for programs of the same user: the token that permits writing, and the address
// of the service, which exists only while the service runs.
const (
	TokenFile   = "token"
	AddressFile = "address"
)

// ReadTokens reads a file of tokens. It refuses a file that anyone but its owner can read.
func ReadTokens(path string) (*tokens.Tokens, error) {
	f, err := openPrivate(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return tokens.Read(path, f)
}

// ReadToken reads the first token in a file. It refuses a file that anyone but its owner can read.
func ReadToken(path string) (string, error) {
	f, err := openPrivate(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, 64<<10))
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			return line, nil
		}
	}
	return "", errors.New(path + " has no token")
}

// openPrivate opens a file. It refuses a file that others can read or change. Root may let a group read it: secrets that Kubernetes
// mounts belong to root, and to a group of the process.
func openPrivate(path string) (*os.File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	foreign := os.FileMode(0o077)
	if err == nil && ofRoot(info) {
		foreign = 0o037
	}
	if err == nil && info.Mode().Perm()&foreign != 0 && runtime.GOOS != "windows" {
		err = graph.Errorf(graph.BadInput, "%s can be read or changed by others (mode %04o): chmod 600 %s", path, info.Mode().Perm(), path)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// OwnerToken returns the token of the store's folder, or "" if there is none. An error means that the token
// must be replaced.
func OwnerToken(dir string) (string, error) {
	f, err := openPrivate(filepath.Join(dir, TokenFile))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	defer f.Close()
	text := make([]byte, 1024)
	n, err := f.Read(text)
	if err != nil {
		return "", fmt.Errorf("reading %s: %w", f.Name(), err)
	}
	token := strings.TrimSpace(string(text[:n]))
	if _, err := tokens.New(token); err != nil {
		return "", fmt.Errorf("%s: %w", f.Name(), err)
	}
	return token, nil
}

// KeepToken returns the token of the store's folder, and creates it if there is no valid one. If the new token
// cannot be stored, the error says so, and the token is valid until the service ends.
func KeepToken(dir string, say func(format string, a ...any)) (string, error) {
	token, err := OwnerToken(dir)
	if token != "" {
		return token, nil
	}
	if err != nil {
		say("caspian serve: the token of the store is replaced by a new one: %v", err)
	}
	token = rand.Text()
	if err := ReplaceFile(filepath.Join(dir, TokenFile), token+"\n"); err != nil {
		return token, fmt.Errorf("the token cannot be stored in the folder of the store, so the command line cannot find it: %w", err)
	}
	return token, nil
}

// ReplaceFile writes a file that only its owner can read, as a whole or not at all.
func ReplaceFile(path, text string) (err error) {
	made := path + ".new"
	if err := os.Remove(made); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := os.OpenFile(made, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(made, path)
	}
	if err != nil {
		_ = os.Remove(made) // the first error is the cause
	}
	return err
}
