// SPDX-License-Identifier: MIT

package client

import (
	"bytes"
	"encoding/base64"
	"io"
	"math/rand/v2"
	"strconv"
	"unsafe"

	"golang.org/x/sys/unix"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/role/h1"
	wire "libwebsockets/impl/wire/h1"
	"libwebsockets/impl/wire/ws"
)

const optRawOrigin engine.Option = 1 << 19 // JUST_USE_RAW_ORIGIN

// request is what goes into a request's head.
type request struct {
	method, uri, host string
	origin            Text
	originScheme      string // "" where the origin is complete
	boundary          string
	onward            []byte // fields of whom it passes on
	cookie            string
	closes            bool // no further transaction on this connection
	// WebSocket handshakes (RFC 6455 §4.1).
	ws         bool
	key        string
	protocols  Text
	extensions string
	version    int
}

// appendTo appends the head up to where the program's own headers go.
func (r *request) appendTo(b []byte) []byte {
	b = append(append(append(append(b, r.method...), ' '), r.uri...), " HTTP/1.1\r\n"...)
	b = append(b, "Pragma: no-cache\r\nCache-Control: no-cache\r\n"...)
	b = line(b, "Host: ", r.host)
	if r.origin.Has {
		b = line(b, "Origin: "+r.originScheme, r.origin.S)
	}
	if r.boundary != "" {
		b = line(b, "content-type: ", `multipart/form-data; boundary="`+r.boundary+`"`)
	}
	b = append(b, r.onward...)
	if r.cookie != "" {
		b = line(b, "Cookie: ", r.cookie)
	}
	if !r.ws {
		if r.closes {
			b = append(b, "connection: close\r\n"...)
		}
		return b
	}
	b = append(b, "Upgrade: websocket\r\nConnection: Upgrade\r\n"...)
	b = line(b, "Sec-WebSocket-Key: ", r.key)
	if r.protocols.Has {
		b = line(b, "Sec-WebSocket-Protocol: ", r.protocols.S)
	}
	if r.extensions != "" {
		b = line(b, "Sec-WebSocket-Extensions: ", r.extensions)
	}
	return line(b, "Sec-WebSocket-Version: ", strconv.Itoa(r.version))
}

func line(b []byte, name, value string) []byte {
	return append(append(append(b, name...), value...), '\r', '\n')
}

// issue sends the request; false closes.
func (s *State) issue(c *engine.Conn) bool {
	if c.State() != engine.StateTLSHandshake { // over TLS a refusal counts as one of the connection
		c.SetState(engine.StateIssueHandshake)
	}
	r := s.request(c)
	if c.Dead() {
		return true
	}
	if s.info.Flags&MultipartForm != 0 {
		s.bodyPending = true
	}
	s.parser.Limits = c.Ctx.TokenLimits
	s.parser.Init(wire.Response, c.Ctx.MaxHeaderData)
	ok := s.send(c, r.appendTo(nil))
	if c.Dead() {
		return true
	}
	if !ok {
		engine.Errf("%s: Failed to generate handshake for client", c)
		return false
	}
	if s.bodyPending {
		c.SetState(engine.StateIssueBody)
		c.SetTimeout(engine.TimeoutIssuePayload, c.Ctx.TimeoutSecs)
		c.AskWriteable()
		s.listen(c)
		return true
	}
	s.awaitReply(c)
	return true
}

// awaitReply makes the connection wait for the answer.
func (s *State) awaitReply(c *engine.Conn) {
	c.SetState(engine.StateWaitingServerReply)
	c.SetTimeout(engine.TimeoutAwaitingServer, c.Ctx.TimeoutSecs)
	s.listen(c)
}

// listen takes what comes: an answer need not wait for the request's body (RFC 9112 §9.3.2).
func (s *State) listen(c *engine.Conn) {
	c.NoRead = false
	c.TouchPoll()
	c.Resume()
}

// request gathers what is asked for; a WebSocket's extensions are put to the program.
func (s *State) request(c *engine.Conn) *request {
	i := &s.info
	r := &request{
		method: i.Method.S, uri: i.Path, host: i.Host, origin: i.Origin,
		originScheme: s.originScheme(c), closes: !s.pipeline, cookie: s.cookie(c),
	}
	if i.Onward != nil {
		r.onward = i.Onward.Fields(c, nil)
		s.bodyPending = i.Onward.HasBody()
	}
	if i.Flags&MultipartForm != 0 {
		s.boundary, s.laterPart = newBoundary(), false
		r.boundary = s.boundary
	}
	if !i.ws() {
		return r
	}
	var nonce [16]byte
	random(nonce[:])
	base64.StdEncoding.Encode(s.key[:], nonce[:])
	s.accept = ws.AcceptKey(s.key[:])
	r.method, r.ws, r.key = "GET", true, string(s.key[:])
	r.protocols, r.version = i.Protocols, i.Version
	r.extensions = s.offer(c)
	return r
}

// originScheme is what goes in front of the program's origin.
func (s *State) originScheme(c *engine.Conn) string {
	switch {
	case c.Ctx.Options.Has(optRawOrigin):
		return ""
	case c.Ctx.ABI.Client.SecureOrigin && s.info.Flags&UseSSL != 0:
		return "https://"
	}
	return "http://"
}

// random fills b, of 256 bytes at most, with what nobody can guess. crypto/rand would do work at each start.
func random(b []byte) {
	if n, err := unix.Getrandom(b, 0); err == nil && n == len(b) {
		return
	}
	for i := range b { // a kernel without it: the runtime's generator
		b[i] = byte(rand.Uint32())
	}
}

func newBoundary() string {
	var b [12]byte
	random(b[:])
	return base64.URLEncoding.EncodeToString(b[:])
}

// room is what the program's headers may have, less is kept for our own.
const (
	minRoom  = 2048
	reserved = 12
	tailRoom = 128
)

// send lets the program add its headers (CLIENT_APPEND_HANDSHAKE_HEADER) and
// sends the head. false: the program refuses, or the connection is broken.
func (s *State) send(c *engine.Conn, head []byte) bool {
	size := max(c.Ctx.ServBufSize, len(head)+minRoom)
	mem := engine.Prog.Alloc(uintptr(size + tailRoom + 8))
	if mem == nil {
		return false
	}
	defer engine.Prog.Free(mem)
	// A pointer that the program moves on, then the text.
	at := (*unsafe.Pointer)(mem)
	all := unsafe.Slice((*byte)(unsafe.Add(mem, 8)), size+tailRoom)
	n := copy(all, head)
	*at = unsafe.Pointer(&all[n])
	s.codings = nil
	if c.Call(engine.ReasonClientAppendHandshakeHeader, mem, uintptr(size-n-reserved)) != 0 || c.Dead() {
		return false
	}
	end := int(uintptr(*at) - uintptr(unsafe.Pointer(&all[0])))
	if end < n || end > size {
		engine.Errf("%s: CLIENT_APPEND_HANDSHAKE_HEADER left its buffer", c)
		return false
	}
	b := all[:end]
	if s.info.Flags&FormURLEncoded != 0 {
		b = append(b, "Content-Type: application/x-www-form-urlencoded\r\n"...)
		if !bytes.Contains(bytes.ToLower(all[n:end]), []byte("content-length:")) {
			b = append(b, "Content-Length: 0\r\n"...)
		}
		s.bodyPending = true
	}
	c.Monitor.Begin()
	return c.Issue(append(b, '\r', '\n'))
}

// reply reads the answer's head; false closes.
func (s *State) reply(c *engine.Conn) bool {
	b := c.Kept()
	kept := len(b) > 0
	if kept {
		b = append([]byte(nil), b...)
		c.Consume(len(b))
	} else {
		b = c.PT().Buf[:c.Ctx.ServBufSize-engine.Pre]
		n, err := c.Read(b)
		if err == engine.ErrAgain {
			return true
		}
		if err != nil {
			text := "read failed"
			if err != io.EOF {
				text += ": " + err.Error()
			}
			return refuse(c, text)
		}
		b = b[:n]
	}
	return s.parse(c, b)
}

// parse takes bytes of the answer's head, and acts on it when it is complete.
func (s *State) parse(c *engine.Conn, b []byte) bool {
	c.Monitor.End(&c.Monitor.Response)
	for {
		h := h1.AttachHeaders(c)
		used, done, err := s.parser.Parse(h, b)
		if err != nil {
			text := "problems parsing header: " + err.Error()
			if h.StatusCode() == 0 {
				first, _, _ := bytes.Cut(b, []byte{'\n'})
				engine.Noticef("%s: the answer begins with %.60q", c, bytes.TrimRight(first, "\r"))
				text = "HS: URI missing: the answer is not HTTP/1"
			}
			return refuse(c, text)
		}
		if !done {
			return true
		}
		b = b[used:]
		s.code = h.StatusCode()
		if s.code/100 != 1 || s.code == 101 {
			break
		}
		// An interim answer (RFC 9110 §15.2): the real one follows.
		s.attachHeaders(c)
		s.parser.Init(wire.Response, c.Ctx.MaxHeaderData)
	}
	c.Monitor.Status = s.code
	s.takeCookies(c)
	c.Keep(b)
	return s.interpret(c)
}
