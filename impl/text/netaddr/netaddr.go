// SPDX-License-Identifier: MIT

// Package netaddr reads and writes numeric IPv4 and IPv6 addresses exactly as
// lws_parse_numeric_address() and lws_write_numeric_address() do, what they
// take beyond the RFCs included.
package netaddr

import (
	"bytes"
	"strconv"

	"libwebsockets/impl/text/tokenize"
)

// Why Parse refuses an address; the values are what the C function returns.
const (
	errForm        = -1 // too short, or a part is not a number
	errShort6      = -2
	errRoom4       = -3
	errRoom6       = -4
	errOctet       = -6
	errColons      = -8  // ":::"
	errDoubled     = -9  // a doubled delimiter that is not "::"
	errNotColon    = -10 // IPv6 parts are separated by ':'
	errNotDot      = -11 // IPv4 parts are separated by '.'
	errParts       = -12 // not the right number of parts
	errToken       = -13 // something that no address has
	errTooLong     = -14
	v4Len          = 4
	v6Len          = 16
	v4Parts        = 4
	v6Parts        = 8
	noSkip         = -1
	shortestV4Text = 7
	shortestV6Text = 2
)

// parser builds an address in buf. More than maxLen bytes are counted but not
// kept.
type parser struct {
	buf    [64]byte
	n      int // bytes so far
	maxLen int
	v6     bool
	parts  int
	skip   int // where "::" stands in buf, or noSkip
	delims int // delimiters since the last number
}

// Parse reads an address into out, in network byte order, and returns its
// length, 4 or 16, or a negative error code. For IPv6, out is zeroed first.
func Parse(text string, out []byte) int {
	p := parser{maxLen: len(out), skip: noSkip}
	p.v6 = bytes.IndexByte([]byte(text), ':') >= 0
	switch {
	case !p.v6 && len(text) < shortestV4Text:
		return errForm
	case p.v6 && len(text) < shortestV6Text:
		return errShort6
	case !p.v6 && len(out) < v4Len:
		return errRoom4
	case p.v6 && len(out) < v6Len:
		return errRoom6
	}
	if p.v6 {
		clear(out)
	} else {
		copy(p.buf[:], out)
	}
	code := p.parse([]byte(text))
	copy(out, p.buf[:min(p.n, p.maxLen, len(p.buf))])
	return code
}

func (p *parser) parse(text []byte) int {
	t := tokenize.Tokenizer{
		In:    text,
		Flags: tokenize.NoIntegers | tokenize.MinusNonterm,
	}
	for p.n <= p.maxLen {
		code := 0
		switch t.Next() {
		case tokenize.Token:
			code = p.number(text[t.Start : t.Start+t.Len])
		case tokenize.Delimiter:
			code = p.delimiter(text[t.Start])
		case tokenize.Ended:
			return p.finish()
		default:
			return errToken
		}
		if code < 0 {
			return code
		}
	}
	return errTooLong
}

func (p *parser) put(b ...byte) {
	for _, c := range b {
		if p.n < len(p.buf) {
			p.buf[p.n] = c
		}
		p.n++
	}
}

func (p *parser) number(s []byte) int {
	base, digits := 10, 3
	if p.v6 {
		base, digits = 16, 4
	}
	p.delims = 0
	if len(s) > digits {
		return errForm
	}
	v, err := strconv.ParseUint(string(s), base, 16)
	switch {
	case err != nil:
		return errForm
	case p.v6:
		p.put(byte(v>>8), byte(v))
	case v > 255:
		return errOctet
	default:
		p.put(byte(v))
	}
	p.parts++
	return 0
}

func (p *parser) delimiter(c byte) int {
	p.delims++
	if p.delims > 1 {
		switch {
		case p.delims > 2:
			return errColons
		case c != ':':
			return errDoubled
		}
		p.put(0, 0)
		p.skip = p.n
		return 0
	}
	if p.v6 && p.skip == 2 && p.buf[2] == 0xff && p.buf[3] == 0xff {
		p.toMapped()
		return 0
	}
	switch {
	case p.v6 && c != ':':
		return errNotColon
	case !p.v6 && c != '.':
		return errNotDot
	}
	return 0
}

// toMapped goes on as IPv4 behind "::ffff:" (RFC 4291 §2.5.5.2).
func (p *parser) toMapped() {
	p.v6 = false
	p.skip = noSkip
	p.parts = 0
	clear(p.buf[:])
	p.buf[10], p.buf[11] = 0xff, 0xff
	p.n = 12
}

func (p *parser) finish() int {
	switch {
	case !p.v6 && p.parts == v4Parts, p.v6 && p.parts == v6Parts:
		return p.n
	case p.skip == noSkip:
		return errParts
	case p.n == v6Len:
		return v6Len
	case p.n > v6Len:
		return errTooLong
	}
	// what stands behind the "::" belongs at the end
	tail := p.n - p.skip
	copy(p.buf[v6Len-tail:v6Len], bytes.Clone(p.buf[p.skip:p.n]))
	clear(p.buf[p.skip : v6Len-tail])
	p.n = v6Len
	return v6Len
}
