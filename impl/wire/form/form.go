// Package form decodes HTML form bodies as they come: application/
// x-www-form-urlencoded and multipart/form-data (RFC 7578). Memory is bounded:
// values go out in pieces through a [Sink]; [Params] gathers them in storage of
// fixed size. Nothing that was lent is kept.
package form

import (
	"bytes"
	"errors"
	"strings"
)

// Bounds that programs know from the reference.
const (
	MaxName     = 31  // bytes of a parameter's name
	MaxFilename = 255 // bytes of a file name, the rest is cut off
	maxBoundary = 123 // bytes of a multipart boundary, the rest is cut off
	maxHeader   = 4096
)

// Errors of a [Decoder]; they stay.
var (
	ErrNameTooLong = errors.New("form: name too long")
	ErrEscape      = errors.New("form: bad percent escape")
	ErrHeader      = errors.New("form: part header too long")
	ErrIncomplete  = errors.New("form: body ends within a value")
)

// Part is one parameter or file of a form.
type Part struct {
	Name        []byte // as sent: urlencoded names are not decoded
	Filename    []byte // not empty: an uploaded file
	ContentType []byte // of a multipart part, may be empty
}

// Sink gets what a [Decoder] finds. Slices are lent for the call. An error ends
// the decoding.
type Sink interface {
	// Begin starts a part.
	Begin(p *Part) error
	// Data is the next piece of the part's decoded value.
	Data(b []byte) error
	// End says that the part's value is complete.
	End() error
}

// Decoder reads a form body in pieces of any size.
type Decoder interface {
	// Write takes the next piece. Once it failed it goes on failing.
	Write(in []byte) error
	// Current is the part at hand: the one that was begun last, in multipart bodies
	// only until its end. It changes with the next Write.
	Current() *Part
	// Close says that the body is over. The error is [ErrIncomplete] when that is
	// within a part: its End does not come.
	Close() error
}

// NewDecoder makes the decoder that a Content-Type value asks for. Anything but
// multipart/form-data and multipart/related is taken for urlencoded.
func NewDecoder(contentType []byte, sink Sink) Decoder {
	boundary, multi := multipartBoundary(contentType)
	if multi {
		return newMultipart(boundary, sink)
	}
	return &urlencoded{sink: sink}
}

// multipartBoundary finds the boundary parameter of a multipart type.
func multipartBoundary(contentType []byte) (boundary []byte, multi bool) {
	kind, params, _ := bytes.Cut(contentType, []byte{';'})
	switch strings.ToLower(string(bytes.TrimSpace(kind))) {
	case "multipart/form-data", "multipart/related":
	default:
		return nil, false
	}
	const key = "boundary="
	for i := 0; i+len(key) <= len(params); i++ {
		if strings.EqualFold(string(params[i:i+len(key)]), key) {
			b := bytes.TrimPrefix(params[i+len(key):], []byte{'"'})
			if n := bytes.IndexAny(b, "\"; "); n >= 0 {
				b = b[:n]
			}
			return b[:min(len(b), maxBoundary)], true
		}
	}
	return nil, true
}
