// SPDX-License-Identifier: MIT

package h1

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/wire/h1"
)

// entry is what the access log is to say of a request that is being answered.
type entry struct {
	begin []byte // address, time, request
	end   []byte // referer, user agent
	log   *engine.AccessLog
}

// loggedMax is how much of a request's target, referer and user agent is noted each.
const loggedMax = 1024

// logRequest begins the entry of a request, if the vhost notes them.
func (s *State) logRequest(c *engine.Conn, uri []byte) {
	log := c.Vhost.Log
	if log == nil {
		return
	}
	s.logDone()
	s.entry = newEntry(c, s.Version, uri)
}

// newEntry is one for c's request, of an HTTP version as in [State].
func newEntry(c *engine.Conn, version int, uri []byte) *entry {
	h := c.Headers
	addr, method := "unknown", ""
	if a := c.PeerAddr(); a.IsValid() {
		addr = a.String()
	}
	if m := h.Value(h1.TokenHTTPColonMethod); c.Stream() {
		method = string(m)
	} else if _, t := h.Method(); t >= 0 {
		method = strings.ToUpper(strings.TrimSpace(t.String()))
	}
	now := time.Now()
	now = now.In(time.FixedZone("", engine.Prog.Zone(now.Unix())))
	b := fmt.Appendf(nil, "%s - - [%s] \"", addr, now.Format("02/Jan/2006:15:04:05 -0700"))
	b = appendLogged(b, []byte(method), `\"`)
	b = append(b, ' ')
	uri, _, _ = bytes.Cut(uri, []byte{0})
	b = appendLogged(b, uri, `\"`)
	b = append(b, [...]string{" HTTP/1.0\"", " HTTP/1.1\"", " HTTP/2\""}[version]...)
	e := append([]byte{}, " \""...)
	e = appendLogged(e, h.Value(h1.TokenHTTPReferer), "'") // as the reference has quotes there
	e = append(e, "\" \""...)
	e = appendLogged(e, h.Value(h1.TokenHTTPUserAgent), "'")
	return &entry{begin: b, end: append(e, "\"\n"...), log: c.Vhost.Log}
}

// put writes the entry with the answer's status, and how many bytes it had.
func (e *entry) put(code int, sent int64) {
	b := append(e.begin, ' ')
	b = strconv.AppendInt(b, int64(code), 10)
	b = append(b, ' ')
	b = strconv.AppendInt(b, sent, 10)
	e.log.Put(append(b, e.end...))
}

// logDone writes the entry of the request that has been answered.
func (s *State) logDone() {
	if e := s.entry; e != nil {
		s.entry = nil
		e.put(s.code, s.Sent)
	}
}

// LogUpgrade notes that the request in c.Headers has made c a connection of another
// protocol, which has sent so much.
func LogUpgrade(c *engine.Conn, sent int) {
	if c.Vhost.Log == nil || c.Headers == nil {
		return
	}
	version, uri := 2, []byte("unknown method")
	if !c.Stream() {
		version = min(c.Headers.Minor(), 1)
	}
	if _, t := c.Headers.Method(); t >= 0 {
		uri = c.Headers.Raw(t)[:min(c.Headers.Total(t), 63)] // as much as the reference has
	}
	newEntry(c, version, fmt.Appendf(nil, "%s (%s)", uri, c.Protocol.Name)).put(101, int64(sent))
}

// appendLogged appends what a peer has sent so that it cannot end its field or its
// line, nor do something to a terminal: as Apache does, with quote for a quote.
func appendLogged(b, s []byte, quote string) []byte {
	most := len(b) + loggedMax
	for _, ch := range s {
		var room [4]byte
		e := append(room[:0], ch)
		switch {
		case ch == '"':
			e = append(e[:0], quote...)
		case ch == '\\':
			e = append(e, ch)
		case ch < ' ' || ch >= 0x7f:
			e = append(e[:0], '\\', 'x', hex[ch>>4], hex[ch&15])
		}
		if len(b)+len(e) > most {
			break
		}
		b = append(b, e...)
	}
	return b
}

const hex = "0123456789abcdef"
