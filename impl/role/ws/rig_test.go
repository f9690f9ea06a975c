// SPDX-License-Identifier: MIT

package ws

import (
	"testing"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/engine/enginetest"
	"libwebsockets/impl/wire/deflate"
	"libwebsockets/impl/wire/ws"
)

// connect makes a WebSocket that is established, with permessage-deflate if p
// is not nil.
func connect(r *enginetest.Rig, client bool, p *deflate.Params) *enginetest.Peer {
	return r.Connect(Role, client, func(c *engine.Conn) {
		c.Bind(r.Vhost.Protocols[0])
		start(c, p, client)
		if p != nil {
			stateOf(c).dec.Init(ws.DecoderConfig{MustBeMasked: !client, MustBeUnmasked: client, AllowRsv1: true})
		}
		c.SetState(engine.StateEstablished)
	})
}

// frame puts a frame behind b, masked if a client is to have sent it.
func frame(b []byte, op ws.Opcode, fin bool, rsv byte, masked bool, p []byte) []byte {
	h := ws.Header{Fin: fin, Rsv: rsv, Opcode: op, Masked: masked, Mask: [4]byte{1, 2, 3, 4}, Length: uint64(len(p))}
	var hdr [ws.MaxHeaderLen]byte
	b = append(b, hdr[:ws.PutHeader(hdr[:], h)]...)
	at := len(b)
	b = append(b, p...)
	if masked {
		ws.Mask(h.Mask, 0, b[at:])
	}
	return b
}

// TestEcho: a message comes back from a server in memory.
func TestEcho(t *testing.T) {
	var kept []byte
	p := &enginetest.Program{}
	p.On = func(k enginetest.Call) int {
		switch k.Reason {
		case engine.ReasonReceive:
			kept = k.Bytes
			k.Conn.AskWriteable()
		case engine.ReasonServerWriteable:
			k.Conn.Ctx.Lock()
			defer k.Conn.Ctx.Unlock()
			return min(0, k.Conn.Write(engine.PayloadOf(kept), engine.WriteText))
		}
		return 0
	}
	r := enginetest.New(t, p, &engine.Info{})
	c := connect(r, false, nil)
	c.Send(frame(nil, ws.OpText, true, 0, true, []byte("hello")))
	r.Settle()
	if got, ended := c.Recv(); ended || string(got) != "\x81\x05hello" {
		t.Errorf("got %q, ended %v", got, ended)
	}
}
