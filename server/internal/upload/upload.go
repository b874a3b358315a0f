// Package upload stores what a request sends in files, so that nothing is done with it before all of it has arrived.
//
// Read Receive first. The package must not know HTTP, nor what is in the files.
package upload

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
)

// File is one file of a request.
type File struct {
	// Part is the name of its part in a form, or "" for a body that is not a form.
	Part string
	// Name is the name that the client gives the file, or "". It is for messages, and never a path to open.
	Name string
	// Media is its media type without parameters, or "".
	Media string
	// Path is where it is stored.
	Path string
}

// Upload is what a request sent. Remove must be called.
type Upload struct {
	// Files are in the order in which they came. Values has the parts of a form that are not files.
	Files  []File
	Values url.Values
	dir    string
}

// FormType is the media type of a form with files.
const FormType = "multipart/form-data"

// Limits of forms.
const (
	maxValue = 1 << 20 // the length of a part that is not a file
	maxParts = 10_000
)

var (
	// ErrTooLarge means that the files of a request have more bytes together than allowed.
	ErrTooLarge = errors.New("the files are larger than the limit")
	// ErrStore wraps what prevents that files are stored.
	ErrStore = errors.New("what was sent cannot be stored")
)

// Receive stores a body in a new folder, which it makes in dir. The body is a form, or one file of any other type. It may have
// most bytes. An error about the form is a *FormError; one of reading the body is as it came.
func Receive(dir, contentType string, body io.Reader, most int64) (u *Upload, err error) {
	media, params, err := mime.ParseMediaType(contentType)
	if contentType != "" && err != nil {
		return nil, &FormError{fmt.Sprintf("the Content-Type %q cannot be read: %v", contentType, err)}
	}
	u = &Upload{Values: url.Values{}}
	if u.dir, err = os.MkdirTemp(dir, "caspian-import-"); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrStore, err)
	}
	defer func() {
		if err != nil {
			u.Remove()
			u = nil
		}
	}()
	within := &bounded{r: body, left: most}
	if media != FormType {
		return u, u.store(File{Media: media}, within)
	}
	if err := u.form(multipart.NewReader(within, params["boundary"]), within); err != nil {
		return u, err
	}
	// The reader of forms takes one that ends in the head of a part for whole.
	if _, err := io.Copy(io.Discard, within); err != nil {
		return u, within.cause(err)
	}
	if !bytes.HasSuffix(bytes.TrimSpace(within.tail), []byte("--"+params["boundary"]+"--")) {
		return u, &FormError{"the form cannot be read: it ends before its last boundary"}
	}
	return u, nil
}

// FormError says what is wrong with a form.
type FormError struct{ message string }

func (f *FormError) Error() string { return f.message }

func (u *Upload) form(form *multipart.Reader, within *bounded) error {
	for n := 0; ; n++ {
		part, err := form.NextRawPart()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return within.cause(err)
		}
		if n == maxParts {
			return &FormError{fmt.Sprintf("the form has more than %d parts; pack several files as one, or send them in turn", maxParts)}
		}
		// FileName cuts off the folders, which messages show.
		_, given, err := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
		if err != nil || given["name"] == "" {
			return &FormError{fmt.Sprintf("part %d of the form has no name", n+1)}
		}
		name, isFile := given["filename"]
		media, _, _ := mime.ParseMediaType(part.Header.Get("Content-Type")) // "" if it cannot be read
		if isFile {
			if err := u.store(File{Part: given["name"], Name: name, Media: media}, part); err != nil {
				return within.cause(err)
			}
			continue
		}
		text, err := io.ReadAll(io.LimitReader(part, maxValue+1))
		if err != nil {
			return within.cause(err)
		}
		if len(text) > maxValue {
			return &FormError{fmt.Sprintf("the part %s of the form is longer than %d bytes; send it as a file, with a filename", given["name"], maxValue)}
		}
		u.Values.Add(given["name"], string(text))
	}
}

// store stores one file.
func (u *Upload) store(f File, r io.Reader) error {
	f.Path = filepath.Join(u.dir, strconv.Itoa(len(u.Files)))
	to, err := os.OpenFile(f.Path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrStore, err)
	}
	_, err = io.Copy(stored{to}, r)
	if cerr := to.Close(); err == nil && cerr != nil {
		err = fmt.Errorf("%w: %w", ErrStore, cerr)
	}
	u.Files = append(u.Files, f)
	return err
}

// stored is a file whose faults are marked as such.
type stored struct{ to *os.File }

func (s stored) Write(p []byte) (int, error) {
	n, err := s.to.Write(p)
	if err != nil {
		err = fmt.Errorf("%w: %w", ErrStore, err)
	}
	return n, err
}

// Remove removes the files.
func (u *Upload) Remove() { _ = os.RemoveAll(u.dir) } // what is left over is in the folder for temporary files

// bounded reads up to a number of bytes, and keeps the error that ended it, which the reader of forms hides.
type bounded struct {
	r    io.Reader
	left int64
	err  error
	tail []byte // the last bytes
}

// tailed is how many bytes tail has at least: a boundary, which may have 70, and blanks.
const tailed = 128

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if b.left -= int64(n); b.left < 0 {
		n, err = 0, ErrTooLarge
	}
	b.tail = append(b.tail, p[max(0, n-tailed):n]...)
	b.tail = append(b.tail[:0], b.tail[max(0, len(b.tail)-tailed):]...)
	if err != nil && err != io.EOF && b.err == nil {
		b.err = err
	}
	return n, err
}

// cause is the error of the body, if it has one; any other is one of the form.
func (b *bounded) cause(err error) error {
	switch {
	case b.err != nil:
		return b.err
	case errors.Is(err, ErrStore):
		return err
	}
	return &FormError{fmt.Sprintf("the form cannot be read: %v", err)}
}
