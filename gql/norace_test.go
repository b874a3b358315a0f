//go:build !race

package gql

const raced = false
