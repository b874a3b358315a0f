package store

import "github.com/syndtr/goleveldb/leveldb/storage"

// WithWriteBuffer opens stores that turn to tables after n bytes.
func WithWriteBuffer(n int) Options { return Options{writeBuffer: n} }

// WithFiles opens stores whose files may fail, and that turn to tables after n bytes.
func WithFiles(n int, f func(storage.Storage) storage.Storage) Options {
	return Options{writeBuffer: n, files: f}
}
