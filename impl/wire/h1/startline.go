package h1

import (
	"bytes"
	"math"
)

type startText struct {
	text  string // lower case
	token Token
}

var requestStarts = [...]startText{
	{"get ", TokenGetURI}, {"post ", TokenPostURI}, {"options ", TokenOptionsURI},
	{"put ", TokenPutURI}, {"patch ", TokenPatchURI}, {"delete ", TokenDeleteURI},
	{"connect ", TokenConnect}, {"head ", TokenHeadURI}, {"proxy ", TokenProxy},
}

var statusStarts = [...]startText{{"http/1.1 ", TokenHTTP}, {"http/1.0 ", TokenHTTP10}}

// Methods are the tokens of request methods; the index of one is its LWSHUMETH_
// number. [TokenHTTPColonPath] stands for an h2 request.
var Methods = [...]Token{
	TokenGetURI, TokenPostURI, TokenOptionsURI, TokenPutURI, TokenPatchURI,
	TokenDeleteURI, TokenConnect, TokenHeadURI, TokenHTTPColonPath,
}

// Method gives the index in [Methods] of the request's method and its token, or -1
// when there is none, as lws_http_get_uri_and_method does for one method.
func (h *Headers) Method() (index int, t Token) {
	for i, t := range Methods {
		if h.Total(t) != 0 {
			return i, t
		}
	}
	return -1, 0
}

func lowerASCII(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}

// foldEqual compares b, in any case, with the lower-case s of the same length.
func foldEqual(b []byte, s string) bool {
	for i, c := range b {
		if lowerASCII(c) != s[i] {
			return false
		}
	}
	return true
}

// cutStart takes the start text off line.
func cutStart(starts []startText, line []byte) (t Token, rest []byte, ok bool) {
	for i := range starts {
		if s := starts[i].text; len(line) >= len(s) && foldEqual(line[:len(s)], s) {
			return starts[i].token, line[len(s):], true
		}
	}
	return 0, nil, false
}

// requestLine takes method, target and version (RFC 9112 §3).
func (p *Parser) requestLine(h *Headers, line []byte) error {
	if len(line) == 0 {
		if p.empty++; p.empty > maxEmptyLines {
			return ErrMalformed
		}
		return nil
	}
	t, rest, ok := cutStart(requestStarts[:], line)
	if !ok {
		return ErrUnknownMethod
	}
	if t == TokenProxy {
		if h.Has(t) {
			return ErrMalformed
		}
		return h.Add(t, trim(rest))
	}
	rest = trimLeft(rest)
	target, version, _ := bytes.Cut(trimRight(rest), []byte{' '})
	version = trimLeft(version)
	if !GoodTarget(target) || (len(version) != 0 && !goodVersion(version)) {
		return ErrMalformed
	}
	end := len(target)
	authority, target := cutAuthority(target)
	if err := h.AddTarget(t, target); err != nil {
		return err
	}
	if len(rest) > end { // a space ends it
		if err := h.fillEmpty(); err != nil {
			return err
		}
	}
	p.cutTarget(h, t)
	p.state = wantField
	if len(version) != 0 {
		if err := h.Add(TokenHTTP, version); err != nil {
			return err
		}
	}
	return p.authority(h, authority)
}

// authority makes the authority of an absolute target the Host of the request.
func (p *Parser) authority(h *Headers, b []byte) error {
	if b == nil {
		return nil
	}
	if len(b) == 0 || !GoodHost(b) {
		return ErrMalformed
	}
	if err := p.storeKnown(h, TokenHost, b); err != nil {
		return err
	}
	p.host = hostOfTarget
	return nil
}

// cutTarget applies the token limit of method t to the parts of the target.
func (p *Parser) cutTarget(h *Headers, t Token) {
	if p.Limits == nil || p.Limits[t] == 0 {
		return
	}
	limit := uint32(p.Limits[t])
	for _, part := range [...]Token{t, TokenHTTPURIArgs} {
		for n := h.first[part]; n != 0; n = h.frags[n].next {
			if f := &h.frags[n]; f.n > limit {
				f.n = limit
				h.buf[f.off+limit] = 0
			}
		}
	}
}

// statusLine takes version, code and reason: code and reason become the value of
// the version's token (RFC 9112 §4).
func (p *Parser) statusLine(h *Headers, line []byte) error {
	t, rest, ok := cutStart(statusStarts[:], line)
	rest = trim(rest)
	if !ok || len(rest) < 3 || (len(rest) > 3 && rest[3] != ' ') {
		return ErrMalformed
	}
	for _, c := range rest[:3] {
		if c < '0' || c > '9' {
			return ErrMalformed
		}
	}
	p.state = wantField
	return h.Add(t, rest)
}

func goodVersion(b []byte) bool {
	return len(b) == 8 && string(b[:5]) == "HTTP/" && b[6] == '.' &&
		b[5] >= '0' && b[5] <= '9' && b[7] >= '0' && b[7] <= '9'
}

// StatusCode is the code of a response's status line, 0 without one.
func (h *Headers) StatusCode() int {
	v := h.Value(TokenHTTP)
	if v == nil {
		v = h.Value(TokenHTTP10)
	}
	if len(v) < 3 {
		return 0
	}
	return int(v[0]-'0')*100 + int(v[1]-'0')*10 + int(v[2]-'0')
}

// ContentLength is the value of Content-Length, -1 when absent.
func (h *Headers) ContentLength() int64 {
	n, ok := parseLength(h.Value(TokenHTTPContentLength))
	if !ok {
		return -1
	}
	return n
}

// Chunked tells whether the last transfer coding is chunked (RFC 9112 §6.1). It
// goes before Content-Length in a response that has both.
func (h *Headers) Chunked() bool {
	i := 0
	for h.Fragment(TokenHTTPTransferEncoding, i+1) != nil {
		i++
	}
	v := h.Fragment(TokenHTTPTransferEncoding, i)
	if c := bytes.LastIndexByte(v, ','); c >= 0 {
		v = v[c+1:]
	}
	return isChunked(trimLeft(v))
}

// parseLength reads 1*DIGIT.
func parseLength(b []byte) (n int64, ok bool) {
	for _, c := range b {
		d := int64(c) - '0'
		if d < 0 || d > 9 || n > (math.MaxInt64-d)/10 {
			return 0, false
		}
		n = n*10 + d
	}
	return n, len(b) > 0
}
