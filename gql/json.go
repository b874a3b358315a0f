package gql

import "github.com/caspian-kg/caspian/gql/internal/value"

// AppendString appends s as a JSON string. Invalid UTF-8 becomes U+FFFD.
func AppendString(dst []byte, s string) []byte { return value.AppendString(dst, s) }

// AppendFloat appends v in the shortest form that reads back as v. For infinities and NaN,
// which JSON does not have, it appends nothing; the engine then writes null.
func AppendFloat(dst []byte, v float64) []byte { return value.AppendFloat(dst, v) }

// AppendInt appends v in decimal.
func AppendInt(dst []byte, v int64) []byte { return value.AppendInt(dst, v) }

// AppendBool appends true or false.
func AppendBool(dst []byte, v bool) []byte { return value.AppendBool(dst, v) }

// ReadString reads a JSON string with nothing before or after it. Where encoding/json would replace
// an invalid character by U+FFFD, ReadString returns an error that names the byte.
func ReadString(src []byte) (string, error) { return value.ReadString(src) }
