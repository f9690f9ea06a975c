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
	Brotli // by a Library
	count
)

var names = [count]string{"", "gzip", "deflate", "br"}

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
var Preferred = []Coding{Brotli, Gzip, Deflate}

// Ours are the Preferred that need no library.
var Ours = Preferred[1:]

// Decodable are the Preferred that a Decoder can be had for.
func Decodable() []Coding {
	if library.Decodes() {
		return Preferred
	}
	return Ours
}

// CanEncode tells whether an Encoder can be had for k.
func CanEncode(k Coding) bool { return k != Brotli || library.Encodes() }
