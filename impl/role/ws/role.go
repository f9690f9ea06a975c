// SPDX-License-Identifier: MIT

package ws

import (
	"encoding/binary"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/wire/ws"
)

type role struct{}

var (
	_ engine.Keepalive = role{}
	_ engine.Receiver  = role{}
	_ engine.Lender    = role{}
)

// Role is the one value of the role.
var Role engine.Role = role{}

var serverReasons = engine.Reasons{
	Adopt:     engine.ReasonServerNewClientInstantiated,
	Writeable: engine.ReasonServerWriteable,
	Close:     engine.ReasonClosed,
	Bind:      engine.ReasonWSServerBindProtocol,
	Unbind:    engine.ReasonWSServerDropProtocol,
}

var clientReasons = engine.Reasons{
	Adopt:     engine.ReasonServerNewClientInstantiated,
	Writeable: engine.ReasonClientWriteable,
	Close:     engine.ReasonClientClosed,
	Bind:      engine.ReasonWSClientBindProtocol,
	Unbind:    engine.ReasonWSClientDropProtocol,
}

func (role) Name() string { return "ws" }

func (role) Reasons(client bool) *engine.Reasons {
	if client {
		return &clientReasons
	}
	return &serverReasons
}

// Writeable sends what the library owes the peer, then asks the program.
func (role) Writeable(c *engine.Conn) bool {
	s := stateOf(c)
	if p := s.pong; p != nil {
		s.pong = nil
		if !s.sendControl(c, ws.OpPong, *p) {
			return false
		}
	}
	if c.State() != engine.StateEstablished {
		return true
	}
	c.Noting()
	return c.Call(c.Role().Reasons(c.Client()).Writeable, nil, 0) == 0
}

// AtRest: a server's messages are taken by C, one that came compressed, or whose text is
// to be checked, is not.
func (role) AtRest(c *engine.Conn) (piece, atOnce int, ok bool) {
	s := stateOf(c)
	ok = s != nil && !c.Client() && s.dec.Between() && s.wait == nil && s.pong == nil && s.pmd == nil && !s.failed &&
		!c.Ctx.Options.Has(engine.OptValidateUTF8)
	if !ok {
		return 0, 0, false
	}
	return s.rxSize, s.readSize(c), true
}

// closeAckSecs is how long the peer may take to answer our close frame.
const closeAckSecs = 5

// CloseVia sends the close frame, if there is something to say.
func (role) CloseVia(c *engine.Conn, status engine.CloseStatus) bool {
	s := stateOf(c)
	f := c.F
	if s == nil || c.State() != engine.StateEstablished {
		return false
	}
	if f.CloseLen == 0 {
		if status == engine.CloseNoStatus || status == engine.CloseNoStatusContextDestroy {
			return false
		}
		f.SetClose(binary.BigEndian.AppendUint16(nil, uint16(status)))
	}
	c.SetState(engine.StateWaitingToSendClose)
	if !s.sendControl(c, ws.OpClose, closePayload(c, f.Close())) || s.failed {
		return false
	}
	c.SetState(engine.StateAwaitingCloseAck)
	c.FlowControl(true) // the peer's close frame is to be read
	c.SetTimeout(engine.TimeoutCloseAck, closeAckSecs)
	return true
}

// Gone frees what the role keeps.
func (role) Gone(c *engine.Conn) {
	s := stateOf(c)
	if s == nil {
		return
	}
	if s.pmd != nil {
		s.pmd.release()
		s.pmd = nil
	}
	s.wait, s.pong = nil, nil
}
