// SPDX-License-Identifier: MIT

// Package cgi reads the head of what a CGI prints (RFC 3875 §6).
package cgi

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
)

// MaxHead is how long a head may be.
const MaxHead = 16 << 10

// Errors of heads.
var (
	ErrTooLong = errors.New("the head has more than 16 KiB") // MaxHead
	errControl = errors.New("the head has a control character")
	errName    = errors.New("a line of the head is no header field")
	errStatus  = errors.New("the status is none")
	errLength  = errors.New("the length is none")
)

// Field is one line of a head: as it was printed, and its parts.
type Field struct{ Line, Name, Value string }

// Head is what a CGI says of its answer.
type Head struct {
	Status  int
	Length  int64 // of the body, -1: not told
	Chunked bool  // it asks for chunks
	Fields  []Field
}

// Parse reads a head that b begins with; n is its length with the empty line, 0: it is
// not complete. Lines may end with LF alone.
func Parse(b []byte) (h *Head, n int, err error) {
	end := 0
	var lines []string
	for {
		i := bytes.IndexByte(b[end:], '\n')
		if i < 0 {
			if len(b) > MaxHead {
				return nil, 0, ErrTooLong
			}
			return nil, 0, check(b[end:])
		}
		line := bytes.TrimSuffix(b[end:end+i], []byte{'\r'})
		if end += i + 1; end > MaxHead {
			return nil, 0, ErrTooLong
		}
		if err := check(line); err != nil {
			return nil, 0, err
		}
		if len(line) == 0 {
			break
		}
		if bytes.IndexByte(line, '\r') >= 0 {
			return nil, 0, errControl
		}
		if k := len(lines); k > 0 && (line[0] == ' ' || line[0] == '\t') { // the line before goes on
			lines[k-1] += " " + strings.TrimLeft(string(line), " \t")
			continue
		}
		lines = append(lines, string(line))
	}
	h = &Head{Status: 200, Length: -1}
	for _, l := range lines {
		if err := h.add(l); err != nil {
			return nil, 0, err
		}
	}
	return h, end, nil
}

// check refuses what may not be in a head, complete or not.
func check(b []byte) error {
	for _, c := range b {
		if c < ' ' && c != '\t' && c != '\r' || c == 0x7f {
			return errControl
		}
	}
	return nil
}

// add takes a line. A Location makes the status 302, unless one is told behind it.
func (h *Head) add(line string) error {
	name, value, ok := strings.Cut(line, ":")
	if !ok || name == "" || strings.IndexFunc(name, notToken) >= 0 {
		return errName
	}
	value = strings.Trim(value, " \t")
	h.Fields = append(h.Fields, Field{line, name, value})
	switch strings.ToLower(name) {
	case "location":
		h.Status = 302
	case "status":
		code, _, _ := strings.Cut(value, " ")
		n, err := strconv.Atoi(code)
		if err != nil || n < 200 || n > 599 {
			return errStatus
		}
		h.Status = n
	case "content-length":
		n, err := strconv.ParseUint(value, 10, 62)
		if err != nil || h.Length >= 0 && h.Length != int64(n) {
			return errLength
		}
		h.Length = int64(n)
	case "transfer-encoding":
		h.Chunked = h.Chunked || strings.EqualFold(value, "chunked")
	}
	return nil
}

// notToken tells what no field's name has (RFC 9110 §5.6.2).
func notToken(r rune) bool {
	return r <= ' ' || r >= 0x7f || strings.ContainsRune("\"(),/:;<=>?@[\\]{}", r)
}

// Hop tells whether a field is about one connection alone: HTTP/2 has none such
// (RFC 9113 §8.2.2).
func Hop(name string) bool {
	switch strings.ToLower(name) {
	case "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade":
		return true
	}
	return false
}
