// SPDX-License-Identifier: MIT

package raw

import (
	"testing"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/engine/enginetest"
)

// TestAnswersUnread: a peer that sends and reads nothing, and a program that writes an
// answer whenever something comes: the engine keeps some MiB, then TCP holds the peer
// back. When the peer reads, all of it comes. Without the bound all was kept.
func TestAnswersUnread(t *testing.T) {
	p := &enginetest.Program{}
	p.On = func(k enginetest.Call) int {
		if k.Reason != engine.ReasonRAWRX {
			return 0
		}
		k.Conn.Ctx.Lock()
		defer k.Conn.Ctx.Unlock()
		return min(0, k.Conn.Write(engine.PayloadOf(k.Bytes), engine.WriteBinary))
	}
	r := enginetest.New(t, p, &engine.Info{})
	peer := r.Connect(Socket, false, func(c *engine.Conn) { bindAs(c, Socket, true) })
	const total, most = 32 << 20, 5 << 20
	b := make([]byte, total)
	for i := range b {
		b[i] = byte(i % 251)
	}
	sent := 0
	for n := -1; sent < total && n != 0; {
		n = peer.Send(b[sent:min(total, sent+64<<10)])
		sent += n
		r.Settle()
		if kept := peer.C.Unsent(); kept > most {
			t.Fatalf("%d bytes are kept behind %d", kept, sent)
		}
	}
	if sent == total {
		t.Error("the peer was not held back")
	}
	got := 0
	for got < total {
		some, ended := peer.Recv()
		for i, x := range some {
			if x != byte((got+i)%251) {
				t.Fatalf("another byte at %d", got+i)
			}
		}
		got += len(some)
		sent += peer.Send(b[sent:min(total, sent+64<<10)])
		if !r.Turn() && len(some) == 0 && sent == total || ended {
			break
		}
	}
	if got != total {
		t.Errorf("%d bytes of %d came back", got, total)
	}
}
