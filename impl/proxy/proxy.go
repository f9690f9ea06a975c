// SPDX-License-Identifier: MIT

// Package proxy has other servers answer what mounts lead to them: HTTP requests, and
// WebSockets. A request's connection is the parent, the one to the server its child. What
// there is to do for HTTP is done where the program's protocol hands its callbacks to
// lws_callback_http_dummy ([Event]), so that a program can look at all of it; what must
// not depend on that, timeouts, bounds and failures, is done here by itself.
package proxy

import (
	"strings"
	"sync"
	"unsafe"

	"libwebsockets/impl/client"
	"libwebsockets/impl/engine"
	"libwebsockets/impl/role/h1"
	wire "libwebsockets/impl/wire/h1"
)

// pair is one request and who answers it.
type pair struct {
	parent, child *engine.Conn
	hop           hop

	body     upload
	head     []byte // of the answer, until the parent may be written to
	last     bool   // nothing follows head
	chunked  bool   // the answer's body leaves in chunks
	answered bool   // the answer has begun, or is not wanted any more
	readable bool   // something of the answer can be read
	ended    bool   // all of the answer has come
	closed   bool   // and its end was sent
	timedOut bool
	reached  bool // the server was connected to

	room unsafe.Pointer // where a piece of the answer is being read to
}

var (
	_ client.Onward = (*pair)(nil)
	_ h1.Onward     = (*pair)(nil)
)

// of is the pair that c is a side of, nil: none.
func of(c *engine.Conn) *pair {
	var p *pair
	if c.Client() {
		p, _ = client.OnwardOf(c).(*pair)
	} else {
		p, _ = h1.OnwardOf(c).(*pair)
	}
	return p
}

// methods are those that are passed on; the mounts get no others.
var methods = map[wire.Token]string{
	wire.TokenGetURI: "GET", wire.TokenPostURI: "POST", wire.TokenPutURI: "PUT", wire.TokenPatchURI: "PATCH",
	wire.TokenDeleteURI: "DELETE", wire.TokenHeadURI: "HEAD", wire.TokenOptionsURI: "OPTIONS",
}

// method is the request's.
func method(h *wire.Headers) string {
	if v := h.Value(wire.TokenHTTPColonMethod); len(v) > 0 {
		return strings.ToUpper(string(v))
	}
	_, t := h.Method()
	return methods[t]
}

// Start has the server that m leads to answer the request in c.Headers: what httpd calls
// Onward. false closes.
func Start(c *engine.Conn, m *engine.Mount) bool {
	to, err := target(c, m)
	if err != nil {
		engine.Errf("%s: mount %s: %v", c, m.Mountpoint, err)
		return false
	}
	p := &pair{parent: c, hop: hopOf(c)}
	if !p.hop.fine() {
		engine.Errf("%s: mount %s leads to itself: %d times (limit %d)", c, m.Mountpoint, p.hop.depth, maxHops)
		h1.ReturnStatus(c, loopDetected, "Loop Detected")
		return false
	}
	c.F.Role |= engine.FaceOnward
	h1.SetOnward(c, p)
	p.body.length = h1.BodyLength(c)
	to.Method = client.Text{S: method(c.Headers), Has: true}
	to.Onward, to.Parent = p, c
	to.Made = func(child *engine.Conn) {
		p.child = child
		child.F.Role |= engine.FaceOnward
	}
	if client.Connect(to) == nil {
		if !c.Dead() {
			engine.Errf("%s: mount %s: no connection to %s", c, m.Mountpoint, m.Origin)
			p.fail(503)
			p.closed = true
		}
		return false
	}
	if c.Dead() {
		return true
	}
	c.SetTimeout(engine.NoPendingTimeout, 0) // the child has one
	if !h1.ExpectOnward(c) {
		return false
	}
	p.wait()
	return true
}

// wait gives the parent a time where the client is who is waited for: for the body.
func (p *pair) wait() {
	if c := p.parent; !c.Dead() && !p.answered {
		if c.State() == engine.StateBody && !p.body.held {
			h1.Progress(c)
		} else {
			c.SetTimeout(engine.NoPendingTimeout, 0)
		}
	}
}

const loopDetected = 508 // RFC 5842 §7.2

// texts of the answers to requests that nobody else has answered.
var texts = map[int]string{
	502: "The server's answer was no good.",
	503: "<h1>Service Temporarily Unavailable</h1>The server is temporarily unable to service your request due to " +
		"maintenance downtime or capacity problems. Please try again later.",
	504: "The server did not answer in time.",
}

// fail answers the request instead of the server.
func (p *pair) fail(code int) {
	c := p.parent
	p.answered, p.head = true, nil
	s := h1.StateOf(c)
	s.KeepAlive = false
	if h1.HasMore(c) && !c.Stream() {
		c.SetLinger()
	}
	h1.ReturnStatus(c, code, texts[code])
}

// TimedOut notes that the server kept us waiting.
func (p *pair) TimedOut() { p.timedOut = true }

// Gone ends the request with the child: with an answer where none has begun; what is
// incomplete ends like that for the client, too.
func (p *pair) Gone(child *engine.Conn) {
	p.hop.leave()
	c := p.parent
	if c.Dead() || p.closed || client.Complete(child) {
		return
	}
	c.PT().Later(func() {
		if c.Dead() || c.Closing() || h1.OnwardOf(c) != h1.Onward(p) || p.closed {
			return
		}
		if p.answered && p.head == nil {
			engine.Noticef("%s: the server's answer broke off", c)
		} else {
			p.fail(p.fault())
		}
		if !c.Dead() {
			c.Close(engine.CloseNoStatus)
		}
	})
}

// fault is the status for a request that the server has not answered.
func (p *pair) fault() int {
	switch {
	case p.timedOut:
		return 504
	case p.reached:
		return 502
	}
	return 503
}

// Began gives the client and the program a time for the answer.
func (p *pair) Began() {
	if c := p.parent; !c.Dead() {
		h1.Progress(c)
	}
}

// Drop forgets the request, whose connection may have another one.
func (p *pair) Drop(c *engine.Conn) {
	p.closed, p.body = true, upload{}
	c.F.Role &^= engine.FaceOnward
}

// room is C memory for pieces of answers: in front of and behind one is room for a chunk's
// line. Its pieces are as large as the reference's.
const (
	piece    = 8192
	chunkPre = 16
	roomSize = chunkPre + piece + 16
)

// rooms is the first of those that are not in use, which begin with the next one: leak
// checkers find them so. There are as many as callbacks that are within each other.
var (
	roomsMu sync.Mutex
	rooms   unsafe.Pointer
)

func take() unsafe.Pointer {
	roomsMu.Lock()
	defer roomsMu.Unlock()
	if r := rooms; r != nil {
		rooms = *(*unsafe.Pointer)(r)
		return r
	}
	return engine.Prog.Alloc(roomSize)
}

func give(r unsafe.Pointer) {
	roomsMu.Lock()
	defer roomsMu.Unlock()
	*(*unsafe.Pointer)(r) = rooms
	rooms = r
}
