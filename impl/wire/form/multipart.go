package form

import (
	"bytes"
	"strings"
)

type multiState uint8

const (
	multiPreamble multiState = iota // before the first delimiter
	multiBody                       // in a part's content
	multiAfter                      // just behind a delimiter
	multiDash                       // behind a delimiter and one '-'
	multiPad                        // rest of a delimiter's line, ignored
	multiHeader                     // in a line of a part's header
	multiDone                       // behind the last delimiter: the rest is ignored
)

// multipart decodes RFC 2046 §5.1 bodies. Line ends are CR LF; within a header
// bare LF is taken too.
type multipart struct {
	sink   Sink
	err    error
	state  multiState
	inPart bool
	match  int    // how much of delim has come
	gift   int    // how much of that was before the content
	delim  []byte // CR LF -- boundary
	line   []byte // of the part's header, as far as it has come
	part   Part
	name   [MaxName]byte
	file   [MaxFilename]byte
}

func newMultipart(boundary []byte, sink Sink) *multipart {
	m := &multipart{sink: sink}
	if len(boundary) > 0 {
		m.delim = append([]byte("\r\n--"), boundary...)
		m.contentStart()
	}
	return m
}

// contentStart lets a delimiter follow at once: the line end that is its first
// part has come before the content.
func (m *multipart) contentStart() {
	m.match, m.gift = 2, 2
}

// Ending finds where a multipart/form-data body is over, in pieces of any size.
type Ending struct{ m *multipart }

// NewEnding is nil for another Content-Type, and for one without a boundary.
func NewEnding(contentType []byte) *Ending {
	kind, _, _ := bytes.Cut(contentType, []byte{';'})
	boundary, _ := multipartBoundary(contentType)
	if len(boundary) == 0 || !bytes.EqualFold(bytes.TrimSpace(kind), []byte("multipart/form-data")) {
		return nil
	}
	return &Ending{newMultipart(boundary, ignore{})}
}

// Next takes the next piece; true: the last boundary was in it, or in one before.
// A body that is no multipart one never ends.
func (e *Ending) Next(in []byte) bool {
	_ = e.m.Write(in)
	return e.m.state == multiDone
}

// ignore is a Sink that nobody looks at.
type ignore struct{}

func (ignore) Begin(*Part) error { return nil }
func (ignore) Data([]byte) error { return nil }
func (ignore) End() error        { return nil }

func (m *multipart) Write(in []byte) error {
	for len(in) > 0 && m.err == nil {
		switch m.state {
		case multiPreamble, multiBody:
			in, m.err = m.onContent(in)
		case multiAfter, multiDash:
			m.onDelimiterTail(in[0])
			in = in[1:]
		case multiPad:
			in = m.onPad(in)
		case multiHeader:
			in, m.err = m.onHeader(in)
		case multiDone:
			return nil
		}
	}
	return m.err
}

func (m *multipart) Current() *Part { return &m.part }

// Close of a body whose last part is open: ErrIncomplete.
func (m *multipart) Close() error {
	if m.err == nil && m.inPart {
		m.err = ErrIncomplete
	}
	return m.err
}

// onContent passes content on and looks for the delimiter, whose only CR is its
// first byte: after a mismatch only the byte at hand can begin it again.
func (m *multipart) onContent(in []byte) (rest []byte, err error) {
	if len(m.delim) == 0 {
		return nil, nil
	}
	if m.match == 0 {
		n := bytes.IndexByte(in, '\r')
		if n < 0 {
			return nil, m.data(in)
		}
		if n > 0 {
			if err := m.data(in[:n]); err != nil {
				return nil, err
			}
		}
		m.match = 1
		return in[n+1:], nil
	}
	if in[0] != m.delim[m.match] {
		held := m.delim[m.gift:m.match]
		m.match, m.gift = 0, 0
		if len(held) == 0 {
			return in, nil
		}
		return in, m.data(held)
	}
	n := 0
	for n < len(in) && m.match < len(m.delim) && in[n] == m.delim[m.match] {
		n++
		m.match++
	}
	if m.match < len(m.delim) {
		return in[n:], nil
	}
	m.match, m.gift, m.state = 0, 0, multiAfter
	if !m.inPart {
		return in[n:], nil
	}
	m.inPart = false
	if err := m.sink.End(); err != nil {
		return nil, err
	}
	m.part = Part{}
	return in[n:], nil
}

// data passes content of a part on; what comes before the first part is dropped.
func (m *multipart) data(b []byte) error {
	if m.state == multiPreamble {
		return nil
	}
	return m.sink.Data(b)
}

func (m *multipart) onDelimiterTail(c byte) {
	switch {
	case c == '\n':
		m.startHeader()
	case c == '-' && m.state == multiAfter:
		m.state = multiDash
	case c == '-':
		m.state = multiDone
	default:
		m.state = multiPad
	}
}

func (m *multipart) onPad(in []byte) []byte {
	n := bytes.IndexByte(in, '\n')
	if n < 0 {
		return nil
	}
	m.startHeader()
	return in[n+1:]
}

func (m *multipart) startHeader() {
	m.state = multiHeader
	m.part = Part{}
	m.line = m.line[:0]
}

// onHeader gathers one line of a part's header.
func (m *multipart) onHeader(in []byte) (rest []byte, err error) {
	n := bytes.IndexByte(in, '\n')
	end := n
	if n < 0 {
		end = len(in)
	}
	if len(m.line)+end > maxHeader {
		return nil, ErrHeader
	}
	m.line = append(m.line, in[:end]...)
	if n < 0 {
		return nil, nil
	}
	line := bytes.TrimSuffix(m.line, []byte{'\r'})
	m.line = m.line[:0]
	if len(line) > 0 {
		m.header(line)
		return in[n+1:], nil
	}
	m.state, m.inPart = multiBody, true
	m.contentStart()
	return in[n+1:], m.sink.Begin(&m.part)
}

// header takes what is of interest of one header line.
func (m *multipart) header(line []byte) {
	key, value, ok := bytes.Cut(line, []byte{':'})
	if !ok {
		return
	}
	value = bytes.TrimSpace(value)
	switch strings.ToLower(string(key)) {
	case "content-type":
		m.part.ContentType = append([]byte(nil), value...)
	case "content-disposition":
		_, params, _ := bytes.Cut(value, []byte{';'})
		m.disposition(params)
	}
}

// disposition takes name and filename of form-data parameters (RFC 7578 §4.2).
func (m *multipart) disposition(params []byte) {
	for len(params) > 0 {
		var key, value []byte
		key, value, params = nextParam(params)
		switch string(key) {
		case "name":
			m.part.Name = m.name[:copy(m.name[:], value)]
		case "filename":
			m.part.Filename = m.file[:copy(m.file[:], value)]
		}
	}
}

// nextParam cuts one key="value"; off. Within quotes \" is a quote, any other
// backslash is itself, as some browsers send paths.
func nextParam(p []byte) (key, value, rest []byte) {
	i := 0
	for i < len(p) && p[i] != '=' && p[i] != ';' {
		i++
	}
	key = bytes.ToLower(bytes.TrimSpace(p[:i]))
	if i == len(p) || p[i] == ';' {
		return key, nil, p[min(i+1, len(p)):]
	}
	i++
	for i < len(p) && p[i] == ' ' {
		i++
	}
	quoted := false
	for ; i < len(p) && (quoted || p[i] != ';'); i++ {
		switch {
		case p[i] == '\\' && quoted && i+1 < len(p) && p[i+1] == '"':
			i++
			value = append(value, '"')
		case p[i] == '"':
			quoted = !quoted
		case quoted || p[i] != ' ':
			value = append(value, p[i])
		}
	}
	return key, value, p[min(i+1, len(p)):]
}
