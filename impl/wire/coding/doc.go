// SPDX-License-Identifier: MIT

// Package coding has the content codings of HTTP (RFC 9110 §8.4.1), for streams: an
// Encoder whose output is complete after each piece, and a Decoder that stops at any byte
// of input or output. What they work with comes from pools.
package coding

import "slices"

// Coding is a content coding.
type Coding uint8

// The codings.
const (
	None Coding = iota
	Gzip
	Deflate
	count
)

var names = [count]string{"", "gzip", "deflate"}

func (k Coding) String() string { return names[k] }

// Named finds a coding by its name in lower case, None where there is none.
func Named(name string) Coding {
	if name == "x-gzip" { // RFC 9110 §8.4.1.3
		return Gzip
	}
	return Coding(max(slices.Index(names[:], name), 0))
}

// Rank is k's place among the Preferred.
func Rank(k Coding) int { return slices.Index(Preferred, k) }

// Preferred are the codings, those first that are chosen where a client takes them alike.
var Preferred = []Coding{Gzip, Deflate}
