// SPDX-License-Identifier: MIT

package client

import (
	"net/netip"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/wire/coding"
	wire "libwebsockets/impl/wire/h1"
	"libwebsockets/impl/wire/ws"
)

// State is what is kept of a client connection, until it becomes a WebSocket
// or a raw socket.
type State struct {
	info Info

	// Connecting.
	search  *engine.Search // the latest name resolution
	unix    bool
	addrs   []netip.AddrPort
	next    int // of addrs
	attempt engine.Timer
	lastErr string // why the last address failed
	socks   *socks // while a SOCKS5 proxy is talked to
	asked   bool   // raw: WRITEABLE is due when the connection is up

	// The request.
	key         [24]byte // Sec-WebSocket-Key
	accept      [ws.AcceptLen]byte
	bodyPending bool
	boundary    string // of a multipart body
	laterPart   bool   // a part has been begun

	// The answer.
	parser    wire.Parser
	code      int
	keepAlive bool // the connection can be used again
	chunked   *wire.Chunked
	hasLength bool
	remain    int64
	completed bool            // the transaction is over
	codings   []coding.Coding // the program wants bodies in these decoded
	decoding  *decoding       // of this body, nil: it is not

	redirects int
	resetTo   *resetTarget
	moves     int  // away from HTTP/2 connections that take no more streams
	made      bool // the program has it
	toGet     bool // a 303 made the request a GET

	// Several transactions on one connection.
	pipeline  bool
	hostName  string         // the host that the connection was made for
	active    bool           // on the vhost's list
	leader    *engine.Conn   // whose connection is waited for
	followers []*engine.Conn // who wait for this one
	inherited bool           // the connection was handed over, the request is due
}

// StateOf is the state of a client connection, nil for others and for what
// became a WebSocket.
func StateOf(c *engine.Conn) *State {
	s, _ := c.Data.(*State)
	return s
}

// Response is the status of the answer, 0 when there is none
// (lws_http_client_http_response).
func Response(c *engine.Conn) int {
	s := StateOf(c)
	if s == nil || c.Headers == nil {
		return 0
	}
	return s.code
}

// RedirectedToGet tells whether a redirect changed the method to GET.
func RedirectedToGet(c *engine.Conn) bool {
	s := StateOf(c)
	return s != nil && s.toGet
}

// SetBodyPending says whether the request's body goes on
// (lws_client_http_body_pending). When it is over, the answer is awaited.
func SetBodyPending(c *engine.Conn, on bool) {
	s := StateOf(c)
	if s == nil {
		return
	}
	s.bodyPending = on
	if !on && c.State() == engine.StateIssueBody {
		s.awaitReply(c)
	}
}
