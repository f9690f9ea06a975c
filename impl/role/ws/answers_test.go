// SPDX-License-Identifier: MIT

package ws

import (
	"fmt"
	"testing"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/engine/enginetest"
	"libwebsockets/impl/wire/ws"
)

// TestAnswersUnread: a peer that reads nothing of what it makes us send, be that pongs
// or what the program writes at once, as a server's and as a client's. Without the bound
// the program's answers were all kept.
func TestAnswersUnread(t *testing.T) {
	for _, client := range []bool{false, true} {
		for _, op := range []ws.Opcode{ws.OpBinary, ws.OpPing} {
			t.Run(fmt.Sprintf("client %v, %v", client, op), func(t *testing.T) { answersUnread(t, client, op) })
		}
	}
}

func answersUnread(t *testing.T, client bool, op ws.Opcode) {
	p := &enginetest.Program{}
	p.On = func(k enginetest.Call) int {
		if k.Reason != engine.ReasonReceive && k.Reason != engine.ReasonClientReceive {
			return 0
		}
		k.Conn.Ctx.Lock()
		defer k.Conn.Ctx.Unlock()
		return min(0, k.Conn.Write(engine.PayloadOf(k.Bytes), engine.WriteBinary))
	}
	r := enginetest.New(t, p, &engine.Info{})
	peer := connect(r, client, nil)
	size := 4000
	if op == ws.OpPing {
		size = 125
	}
	var frames []byte
	for len(frames) < 64<<10 {
		frames = frame(frames, op, true, 0, !client, make([]byte, size))
	}
	for sent := 0; sent < 24<<20; {
		n := peer.Send(frames)
		if sent += n; n < len(frames) { // held back
			break
		}
		r.Settle()
		if kept := peer.C.Unsent(); kept > 5<<20 {
			t.Fatalf("%d bytes are kept behind %d", kept, sent)
		}
	}
	if op == ws.OpBinary && peer.C.Unsent() == 0 {
		t.Error("nothing had to be kept")
	}
	if peer.C.Dead() {
		t.Error("closed")
	}
	peer.Close()
	r.Settle()
}
