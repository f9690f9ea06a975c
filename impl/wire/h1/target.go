package h1

import (
	"bytes"
	"errors"
	"fmt"
)

// Errors of [Parser.Parse]. A connection is closed after any of them; the first
// ones are answered with 403 as the reference does.
var (
	// ErrForbidden: the request target is not acceptable (bad percent escape).
	ErrForbidden = errors.New("h1: forbidden request target")
	// ErrUnknownMethod: what came is no request this server knows, maybe not HTTP
	// at all; errors.Is(err, ErrForbidden) holds for it too.
	ErrUnknownMethod = fmt.Errorf("%w: unknown method", ErrForbidden)
	// ErrMalformed: the message breaks RFC 9112 in a way that is not tolerated.
	ErrMalformed = errors.New("h1: malformed message")
)

// pathState is where path sanitising stands (RFC 3986 §5.2.4, on decoded bytes).
type pathState uint8

const (
	pathPlain  pathState = iota
	pathSlash            // a slash was stored
	pathDot              // "/." seen, the dot not stored
	pathDotDot           // "/.." seen, the dots not stored
)

// AddTarget stores a request target: the decoded and sanitised path as the value
// of t (a method), what follows the first literal '?' as fragments of
// [TokenHTTPURIArgs], one for each argument. raw has no CR, LF or space.
//
// Path: percent escapes are decoded, "//" becomes "/", "/./" and "/../" are
// resolved and never leave the root, '+' is a space but right after a slash, a
// literal '&' or ';' starts a new fragment but right after a slash. Arguments:
// escapes and '+' are decoded, a literal '&' or ';' separates, an escaped '=' in
// a name becomes '_'.
func (h *Headers) AddTarget(t Token, raw []byte) error {
	if h.keepTarget {
		h.target = bytes.Clone(raw)
	}
	path, args, hasArgs := bytes.Cut(raw, []byte{'?'})
	if err := h.begin(t); err != nil {
		return err
	}
	if err := h.putPath(t, path); err != nil {
		return err
	}
	if f := &h.frags[h.nfrag]; int(f.off) == len(h.buf) && h.first[t] == h.nfrag {
		if err := h.put([]byte{'/'}); err != nil {
			return err
		}
	}
	if err := h.end(); err != nil {
		return err
	}
	if !hasArgs {
		return nil
	}
	return h.putArgs(args)
}

// fillEmpty makes the last part of a target "/" where it is empty, an argument too:
// so does the reference.
func (h *Headers) fillEmpty() error {
	f := &h.frags[h.nfrag]
	if f.n != 0 {
		return nil
	}
	h.buf = h.buf[:f.off]
	if err := h.put([]byte{'/'}); err != nil {
		return err
	}
	return h.end()
}

// plainPath tells whether storing p as it is is right: nothing to decode, to
// split or to sanitise.
func plainPath(p []byte) bool {
	prev := byte(0)
	for _, c := range p {
		switch c {
		case '%', '+', '&', ';', 0:
			return false
		case '/', '.':
			if prev == '/' {
				return false
			}
		}
		prev = c
	}
	return true
}

func (h *Headers) putPath(t Token, p []byte) error {
	if plainPath(p) {
		return h.put(p)
	}
	state := pathPlain
	for len(p) > 0 {
		c, used, err := decodeByte(p)
		if err != nil {
			return err
		}
		literal := used == 1
		p = p[used:]
		switch state {
		case pathPlain:
			state, err = h.onPlain(t, c, literal)
		case pathSlash:
			state, err = h.onSlash(c)
		case pathDot:
			state, err = h.onDot(c)
		case pathDotDot:
			state, err = h.onDotDot(c)
		}
		if err != nil {
			return err
		}
	}
	if state == pathDotDot {
		h.dropSegment()
	}
	return nil
}

func (h *Headers) onPlain(t Token, c byte, literal bool) (pathState, error) {
	switch {
	case c == '/':
		return pathSlash, h.put([]byte{c})
	case literal && (c == '&' || c == ';'):
		return pathPlain, h.splitPath(t)
	case literal && c == '+':
		c = ' '
	}
	return pathPlain, h.put([]byte{c})
}

func (h *Headers) onSlash(c byte) (pathState, error) {
	switch c {
	case '/':
		return pathSlash, nil
	case '.':
		return pathDot, nil
	}
	return pathPlain, h.put([]byte{c})
}

func (h *Headers) onDot(c byte) (pathState, error) {
	switch c {
	case '/':
		return pathSlash, nil
	case '.':
		return pathDotDot, nil
	}
	return pathPlain, h.put([]byte{'.', c})
}

func (h *Headers) onDotDot(c byte) (pathState, error) {
	if c != '/' {
		return pathPlain, h.put([]byte{'.', '.', c})
	}
	if h.dropSegment() > 1 {
		return pathSlash, h.put([]byte{'/'})
	}
	return pathSlash, nil
}

// dropSegment takes the last directory off the newest fragment, which ends in a
// slash, and returns the length that is left. The first byte always stays.
func (h *Headers) dropSegment() int {
	off := int(h.frags[h.nfrag].off)
	n := len(h.buf) - off
	if n > 2 {
		n--
		for n--; n > 1 && h.buf[off+n] != '/'; n-- {
		}
		h.buf = h.buf[:off+n]
	}
	return n
}

// splitPath ends a path fragment at '&' or ';'. One more byte lies between such
// fragments than between others: programs that look at the store past the NUL see
// what they see with the reference.
func (h *Headers) splitPath(t Token) error {
	if err := h.end(); err != nil {
		return err
	}
	if err := h.put([]byte{0}); err != nil {
		return err
	}
	return h.begin(t)
}

// putArgs stores the arguments one by one.
func (h *Headers) putArgs(p []byte) error {
	for {
		n, plain := scanArg(p)
		if err := h.begin(TokenHTTPURIArgs); err != nil {
			return err
		}
		var err error
		if plain {
			err = h.put(p[:n])
		} else {
			err = h.putArg(p[:n])
		}
		if err != nil {
			return err
		}
		if err := h.end(); err != nil {
			return err
		}
		if n == len(p) {
			return nil
		}
		p = p[n+1:]
	}
}

// scanArg is where the first argument ends, and whether it needs no decoding.
func scanArg(p []byte) (n int, plain bool) {
	plain = true
	for i, c := range p {
		switch c {
		case '&', ';':
			return i, plain
		case '%', '+', 0:
			plain = false
		}
	}
	return len(p), plain
}

// putArg stores one argument decoded.
func (h *Headers) putArg(p []byte) error {
	inName := true
	for len(p) > 0 {
		c, used, err := decodeByte(p)
		if err != nil {
			return err
		}
		literal := used == 1
		switch {
		case c == '=' && literal:
			inName = false
		case c == '=' && inName:
			c = '_'
		case c == '+' && literal:
			c = ' '
		}
		if err := h.put([]byte{c}); err != nil {
			return err
		}
		p = p[used:]
	}
	return nil
}

// decodeByte takes one byte or one percent escape off p. A NUL, escaped or not,
// is malformed: it would cut the string short for C code.
func decodeByte(p []byte) (c byte, used int, err error) {
	if p[0] != '%' {
		c, used = p[0], 1
	} else {
		if len(p) < 3 {
			return 0, 0, ErrForbidden
		}
		hi, lo := unhex(p[1]), unhex(p[2])
		if hi < 0 || lo < 0 {
			return 0, 0, ErrForbidden
		}
		c, used = byte(hi<<4|lo), 3
	}
	if c == 0 {
		return 0, 0, ErrMalformed
	}
	return c, used, nil
}

// unhex is the value of a hex digit, -1 for anything else.
func unhex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}
