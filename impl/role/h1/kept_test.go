// SPDX-License-Identifier: MIT

package h1

import (
	"strings"
	"testing"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/engine/enginetest"
)

// TestKeptRequestsWait: while a program takes its time over an answer, the requests
// behind it give the service thread nothing to do. Seen to fail when only a
// connection between two requests was left alone: the thread went round and round.
func TestKeptRequestsWait(t *testing.T) {
	p := &guest{script: []byte{4, 5}} // the first for ever
	p.wire()
	p.r = enginetest.New(t, &enginetest.Program{On: p.on}, &engine.Info{})
	peer := p.r.Connect(Role, false, func(c *engine.Conn) { Begin(c) })
	peer.Send([]byte(strings.Repeat("GET / HTTP/1.1\r\nHost: t\r\n\r\n", 2)))
	p.r.Turn()
	if len(peer.C.Kept()) == 0 {
		t.Fatal("nothing is kept")
	}
	p.r.Turn()
	if p.r.Turn() {
		t.Fatal("there is something to do")
	}
	p.r.Do(func() {
		if p.answer(peer.C) != 0 {
			t.Error("the connection ends with the first answer")
		}
	})
	p.r.Settle()
	sent, _ := peer.Recv()
	if status, texts, rest := answers(sent, p.heads); len(status) != 2 || len(rest) > 0 {
		t.Errorf("answers %v %q, and %q", status, texts, rest)
	}
}
