// SPDX-License-Identifier: MIT

package ws

import "errors"

// ExtValue says what follows the name of an extension's option.
type ExtValue uint32

// The kinds of value: enum lws_ext_options_types.
const (
	ExtNone   ExtValue = iota // nothing
	ExtDec                    // "=" and a decimal number
	ExtOptDec                 // the same, or nothing
)

// ExtOption is an option that an extension knows.
type ExtOption struct {
	Name  string
	Value ExtValue
}

// ErrExtOptions is a malformed or unknown extension option.
var ErrExtOptions = errors.New("bad extension options")

type extState uint8

const (
	extSeekName extState = iota
	extName
	extSeekValue
	extNumber
	extSeekEnd
)

// extParser goes through the options behind an extension's name (RFC 6455
// §9.1) byte by byte.
type extParser struct {
	known   []ExtOption
	found   func(option, at, n int)
	state   extState
	match   []bool // options whose name begins with what was read
	matches int
	w       int // bytes of the name, or digits, read
	option  int
	at, n   int // of the value; at -1: none
	quoted  bool
	done    bool // what follows is another extension's
}

// ParseExtOptions parses the options of the first extension in s, up to a
// comma, and calls found for each: its place in known, and where its value is
// in s (-1: it has none). A name that is the beginning of another and comes
// first in known hides the other.
func ParseExtOptions(s []byte, known []ExtOption, found func(option, at, n int)) error {
	p := extParser{known: known, found: found, match: make([]bool, len(known))}
	for i, c := range s {
		if p.state != extName && p.state != extNumber && c == ',' {
			return nil
		}
		if !p.step(c, i, i == len(s)-1) {
			return ErrExtOptions
		}
		if p.done {
			return nil
		}
	}
	return nil
}

func (p *extParser) step(c byte, i int, last bool) bool {
	switch p.state {
	case extSeekName:
		if c == ' ' {
			return true
		}
		for k := range p.match {
			p.match[k] = true
		}
		p.matches, p.w, p.state = len(p.match), 0, extName
		return p.name(c, last)
	case extName:
		return p.name(c, last)
	case extSeekValue:
		return p.value(c, last)
	case extNumber:
		return p.number(c, i, last)
	}
	return p.end(c)
}

// name compares one more byte with the names that are still possible.
func (p *extParser) name(c byte, last bool) bool {
	p.at, p.n, p.quoted = -1, 0, false
	for k := range p.match {
		if !p.match[k] {
			continue
		}
		name := p.known[k].Name
		if p.w < len(name) && name[p.w] == c {
			if p.w+1 == len(name) {
				p.option, p.state = k, extSeekValue
				if last {
					p.tell()
				}
				break
			}
			continue
		}
		p.match[k] = false
		if p.matches--; p.matches == 0 {
			return false
		}
	}
	p.w++
	return true
}

// value looks for what follows a name.
func (p *extParser) value(c byte, last bool) bool {
	kind := p.known[p.option].Value
	switch {
	case c == ' ':
	case c == ';' || last: // it ends here
		if kind == ExtDec {
			return false
		}
		p.tell()
		p.state = extSeekName
	case c == '=':
		if kind == ExtNone {
			return false
		}
		p.w, p.quoted, p.state = 0, false, extNumber
	default:
		return false
	}
	return true
}

func (p *extParser) number(c byte, i int, last bool) bool {
	digit := c >= '0' && c <= '9'
	if digit {
		if p.w == 0 {
			p.at = i
		}
		p.w++
		if !last {
			return true
		}
	}
	if p.w == 0 {
		p.quoted = c == '"'
		return p.quoted
	}
	if p.quoted && c != '"' && !last {
		return false
	}
	p.state, p.n = extSeekEnd, i-p.at
	if last {
		p.n++
	}
	p.tell()
	if last || p.quoted && c == '"' {
		return true
	}
	return p.end(c)
}

// end looks for what separates this option from the next.
func (p *extParser) end(c byte) bool {
	switch c {
	case ' ':
	case ';':
		p.state = extSeekName
	case ',':
		p.done = true
	default:
		return false
	}
	return true
}

func (p *extParser) tell() { p.found(p.option, p.at, p.n) }
