package h1

import (
	"bytes"
	"errors"
)

// Kind says which start line a message has.
type Kind uint8

// The kinds of messages.
const (
	Request  Kind = iota // a server reads these
	Response             // a client reads these
)

// parseState is the kind of line that comes next.
type parseState uint8

const (
	wantStart parseState = iota // request line or status line
	wantField                   // header line or the blank line
	complete
	failed
)

// maxEmptyLines is how many empty lines may come before a request line
// (RFC 9112 §2.2).
const maxEmptyLines = 4

// lineFactor bounds the raw length of a line by the limit: percent escapes shrink
// to a third when stored.
const lineFactor = 4

// TokenLimits are the longest values kept of each token in bytes, 0: no limit
// of its own. Longer values are cut, as with struct lws_token_limits.
type TokenLimits [TokenCount]uint16

// Parser reads the header section of one HTTP/1 message, in pieces of any size,
// into a [Headers].
//
// Tolerated, as programs rely on it: bare LF as line end, methods and field names
// in any case, several spaces before the target or version, a request line without
// a version (HTTP/0.9 style: [TokenHTTP] stays absent), a "PROXY ..." line before
// the request line, empty lines before it, a missing Host ([CheckRequest]), an odd
// target (the server decides), any text after the status code, in responses a
// space before the colon and folded lines. Of an absolute target the path is stored,
// and its authority as the Host.
//
// Refused with [ErrMalformed], stricter than the reference, as these serve request
// smuggling (RFC 9112 §11.2): CR not followed by LF, NUL (escaped in the target
// too), control bytes in the target, a version that is not HTTP/d.d, header lines
// without colon or with an illegal name, in requests a space before the colon and
// folded lines, more than one Host, Content-Length that is no number or comes with
// different values, and in requests Transfer-Encoding that comes twice, does not end
// in chunked or comes together with Content-Length; with [ErrCoding] one that has
// another coding in front of chunked.
// White space at the end of a value is not kept. h2 pseudo headers are not
// recognised.
type Parser struct {
	// Limits, when set, cuts long values.
	Limits *TokenLimits

	limit     int
	kind      Kind
	state     parseState
	lastField lastField
	host      hostFrom
	empty     uint8
	err       error
}

// lastField is what a folded line continues.
type lastField uint8

const (
	lastNone lastField = iota
	lastKnown
	lastCustom
)

// hostFrom tells what the stored Host comes from. A target's goes before the field,
// which has to be there all the same (RFC 9112 §3.2.2).
type hostFrom uint8

const (
	hostOfField  hostFrom = iota
	hostOfTarget          // and no field has come
	hostOfBoth
)

// Init prepares p for one message. limit is the space for its values in bytes
// (max_http_header_data), 0 means [DefaultLimit]. Limits stays.
func (p *Parser) Init(kind Kind, limit int) {
	*p = Parser{Limits: p.Limits, kind: kind, limit: limit}
}

// Parse takes bytes of the message from in and stores what they say in h, which
// was reset before the first call and is the same for all calls. It returns how
// many bytes it took; done tells that the blank line was among them, and the rest
// of in belongs to the body or the next message. After an error the connection
// cannot be used further; the same error comes again. The result does not depend
// on how the input is cut into calls.
func (p *Parser) Parse(h *Headers, in []byte) (used int, done bool, err error) {
	if p.state == failed {
		return 0, false, p.err
	}
	if p.state == wantStart && len(h.line) == 0 {
		h.SetLimit(p.limit)
	}
	for used < len(in) && p.state != complete {
		n := bytes.IndexByte(in[used:], '\n')
		if n < 0 {
			h.line = append(h.line, in[used:min(len(in), used+p.lineRoom(h)+1)]...)
			if err := p.checkLine(h, h.line); err != nil {
				return used, false, p.fail(err)
			}
			return len(in), false, nil
		}
		line := in[used : used+n]
		if len(h.line) > 0 {
			h.line = append(h.line, line[:min(n, p.lineRoom(h)+1)]...)
			line, h.line = h.line, h.line[:0]
		}
		err := p.checkLine(h, line)
		if err == nil {
			err = p.takeLine(h, line)
		}
		if err != nil {
			return used, false, p.fail(err)
		}
		used += n + 1
	}
	return used, p.state == complete, nil
}

func (p *Parser) fail(err error) error {
	if p.state == wantStart && p.kind == Request && errors.Is(err, ErrTooLarge) {
		err = ErrTargetTooLarge
	}
	p.state, p.err = failed, err
	return err
}

// lineRoom is how much longer the line that is coming may get.
func (p *Parser) lineRoom(h *Headers) int { return max(lineFactor*h.limit-len(h.line), 0) }

// checkLine finds what is wrong with a line that may not be complete: the earlier
// the better, and a peer that does not speak HTTP may never send a line end.
func (p *Parser) checkLine(h *Headers, line []byte) error {
	if p.state == wantStart {
		if err := p.checkStart(line); err != nil {
			return err
		}
	}
	if len(line) > lineFactor*h.limit {
		return ErrTooLarge
	}
	return nil
}

// checkStart compares the first bytes with the start lines there are.
func (p *Parser) checkStart(line []byte) error {
	if len(line) == 0 || line[0] == '\r' {
		return nil
	}
	starts := requestStarts[:]
	wrong := ErrUnknownMethod
	if p.kind == Response {
		starts, wrong = statusStarts[:], ErrMalformed
	}
	for i := range starts {
		s := starts[i].text
		if n := min(len(line), len(s)); foldEqual(line[:n], s[:n]) {
			return nil
		}
	}
	return wrong
}

func (p *Parser) takeLine(h *Headers, line []byte) error {
	if n := len(line); n > 0 && line[n-1] == '\r' {
		line = line[:n-1]
	}
	if bytes.IndexByte(line, '\r') >= 0 || bytes.IndexByte(line, 0) >= 0 {
		return ErrMalformed
	}
	switch {
	case p.state == wantField:
		return p.fieldLine(h, line)
	case p.kind == Response:
		return p.statusLine(h, line)
	}
	return p.requestLine(h, line)
}

// fieldLine takes a header line, or the blank line that ends the section.
func (p *Parser) fieldLine(h *Headers, line []byte) error {
	if len(line) == 0 {
		p.state = complete
		if p.host == hostOfTarget && h.Minor() > 0 {
			return ErrMalformed
		}
		return checkFraming(h, p.kind)
	}
	if isBlank(line[0]) {
		return p.foldedLine(h, line)
	}
	colon := bytes.IndexByte(line, ':')
	if colon <= 0 {
		return ErrMalformed
	}
	name, value := line[:colon], trimRight(line[colon+1:])
	if p.kind == Response {
		name = trimRight(name)
	}
	if t, ok := h.TokenOf(name); ok {
		p.lastField = lastKnown
		if t == TokenHost && p.host == hostOfTarget {
			p.host = hostOfBoth
			if !GoodHost(trimLeft(value)) {
				return ErrMalformed
			}
			return nil
		}
		return p.storeKnown(h, t, value)
	}
	if !allIn(name, func(c byte) bool { return lowerTchar[c] != 0 }) {
		return ErrMalformed
	}
	p.lastField = lastCustom
	return h.addCustom(name, trimLeft(value))
}

// storeKnown stores a value that may have spaces in front. As in the reference, a
// further fragment begins with a space and keeps those spaces when the first
// fragment is not empty; a further cookie has "; " instead, so that the joined
// value is a proper cookie string.
func (p *Parser) storeKnown(h *Headers, t Token, value []byte) error {
	if t == TokenSworigin {
		t = TokenOrigin
	}
	limit := len(value) + 2
	if p.Limits != nil && p.Limits[t] != 0 {
		limit = int(p.Limits[t])
	}
	first := h.first[t]
	if err := h.begin(t); err != nil {
		return err
	}
	trimmed := trimLeft(value)
	switch {
	case first == 0:
		value = trimmed
	case t == TokenHost && p.kind == Request:
		return ErrMalformed
	case t == TokenHTTPCookie:
		value = trimmed
		if err := h.put([]byte("; ")); err != nil {
			return err
		}
		limit -= 2
	default:
		if h.frags[first].n == 0 {
			value = trimmed
		}
		if err := h.put([]byte{' '}); err != nil {
			return err
		}
		limit--
	}
	if err := h.put(value[:min(len(value), max(limit, 0))]); err != nil {
		return err
	}
	return h.end()
}

// foldedLine joins a line that begins with white space to the value before it, by
// one space (RFC 9112 §5.2). Servers refuse it.
func (p *Parser) foldedLine(h *Headers, line []byte) error {
	if p.kind == Request || p.lastField == lastNone {
		return ErrMalformed
	}
	line = trim(line)
	h.buf = h.buf[:len(h.buf)-1]
	if !h.room(len(line) + 2) {
		return ErrTooLarge
	}
	h.buf = append(append(append(h.buf, ' '), line...), 0)
	if p.lastField == lastKnown {
		h.frags[h.nfrag].n += uint32(len(line)) + 1
	} else {
		h.custom[len(h.custom)-1].valueLen += uint32(len(line)) + 1
	}
	return nil
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

func trimLeft(b []byte) []byte {
	for len(b) > 0 && isBlank(b[0]) {
		b = b[1:]
	}
	return b
}

func trimRight(b []byte) []byte {
	for len(b) > 0 && isBlank(b[len(b)-1]) {
		b = b[:len(b)-1]
	}
	return b
}
