// SPDX-License-Identifier: MIT

// Package ws is the role of WebSocket connections (RFC 6455), server and client.
package ws

import (
	"encoding/binary"
	"math/rand/v2"
	"unicode/utf8"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/wire/deflate"
	"libwebsockets/impl/wire/ws"
)

// State is what the role keeps of a connection.
type State struct {
	dec  ws.Decoder
	utf8 ws.UTF8

	checkUTF8 bool // the current message is text and the context validates
	firstDone bool // a piece of the current message has been handed out
	noFirst   bool // tx: the first frame of the message has yet to go out
	txOp      ws.Opcode
	failed    bool // the peer broke the protocol: no close ack is awaited

	rxSize int   // largest piece handed to the program
	began  int64 // when the program got the first of several pieces

	wait *wait // nil: nothing that was received waits
	pmd  *pmd
	pong *[]byte // a pong that the full socket made wait, nil: none does
}

// wait is what was received and waits, all of one frame (docs/architecture.md, "The way
// of a byte in"). Most connections have none at most times.
type wait struct {
	acc        []byte   // decoded
	ahead      []byte   // inflated, in front of acc
	aheadEnded bool     // the message ends with ahead
	frame      ws.Chunk // the frame at hand, where acc ends
}

// maskKey makes a masking key; RFC 6455 §5.3 wants them unpredictable, which
// the runtime's ChaCha8 generator is.
func maskKey() (k [4]byte) {
	binary.NativeEndian.PutUint32(k[:], rand.Uint32())
	return k
}

func stateOf(c *engine.Conn) *State {
	s, _ := c.Data.(*State)
	return s
}

// start makes c speak WebSocket.
func start(c *engine.Conn, p *deflate.Params, client bool) *State {
	s := &State{}
	s.rxSize = c.Protocol.RxSize
	if s.rxSize <= 0 {
		s.rxSize = c.Ctx.ServBufSize
	}
	s.dec.Init(ws.DecoderConfig{MustBeMasked: !client, MustBeUnmasked: client, AllowRsv1: p != nil})
	c.Data = s
	c.SetRole(Role)
	c.F.Role |= engine.FaceWS
	if p != nil {
		s.pmd = newPMD(p, client)
	}
	return s
}

// StartClient makes c, on which the client's handshake succeeded, speak
// WebSocket; p is what was settled of permessage-deflate, nil: not in use.
// What was received behind the handshake belongs in c.Keep.
func StartClient(c *engine.Conn, p *deflate.Params) { start(c, p, true) }

// setCloseReason fills the close frame that will be sent (lws_close_reason).
func setCloseReason(f *engine.Face, code uint16, text []byte) {
	var b [engine.FaceCloseMax]byte
	binary.BigEndian.PutUint16(b[:], code)
	n := copy(b[2:], text)
	if n < len(text) && utf8.Valid(text) { // no character is cut in two
		for n > 0 && !utf8.RuneStart(text[n]) {
			n--
		}
	}
	f.SetClose(b[:2+n])
}

// SetCloseReason is lws_close_reason: what the close frame will say when the
// program closes the connection. A reason longer than 123 bytes is cut.
func SetCloseReason(c *engine.Conn, code uint16, text []byte) {
	if stateOf(c) == nil {
		engine.Errf("%s: lws_close_reason on a connection that is no WebSocket", c)
		return
	}
	setCloseReason(c.F, code, text)
}
