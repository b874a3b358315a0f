// Package files opens the files that a command reads and writes, or the standard input or output.
//
// It must not know which command uses it.
package files

import (
	"errors"
	"io"
	"os"

	"github.com/caspian-kg/caspian/graph"
)

// To calls write with the file, which it creates, or with the standard output if the path is empty.
func To(path string, standard io.Writer, write func(io.Writer) error) error {
	if path == "" {
		return write(standard)
	}
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	// A full disk may be reported only when the file is closed.
	return errors.Join(write(file), file.Close())
}

// New is like To for a file that must not exist yet. The file appears only when it is complete.
func New(path string, standard io.Writer, write func(io.Writer) error) error {
	if path == "" {
		return write(standard)
	}
	if _, err := os.Lstat(path); err == nil {
		return graph.Errorf(graph.BadInput, "%s exists already; name a new file", path)
	}
	part := path + ".part"
	file, err := os.Create(part)
	if err != nil {
		return err
	}
	if err := errors.Join(write(file), file.Sync(), file.Close()); err != nil {
		return errors.Join(err, os.Remove(part))
	}
	return os.Rename(part, path)
}

// From calls read with the file, or with the standard input if the path is "-".
func From(path string, standard io.Reader, read func(io.Reader) error) error {
	if path == "-" {
		return read(standard)
	}
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close() // an error at closing does not change what was read
	return read(file)
}
