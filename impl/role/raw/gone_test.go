// SPDX-License-Identifier: MIT

package raw

import (
	"testing"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/engine/enginetest"
)

// gone makes a connection whose program does not receive and whose peer has said
// something and closed, which the poll tells at once of a unix socket. What the
// program is asked and told is noted.
func gone(t *testing.T, writes int) (r *enginetest.Rig, c *engine.Conn, asked *int, got *string) {
	asked, got = new(int), new(string)
	p := &enginetest.Program{}
	piece := make([]byte, 64<<10)
	p.On = func(k enginetest.Call) int {
		switch k.Reason {
		case engine.ReasonRAWRX:
			*got += string(k.Bytes)
		case engine.ReasonRAWWriteable:
			if *asked++; *asked > writes {
				return 0
			}
			k.Conn.Ctx.Lock()
			defer k.Conn.Ctx.Unlock()
			k.Conn.AskWriteable()
			return min(0, k.Conn.Write(engine.PayloadOf(piece), engine.WriteBinary))
		}
		return 0
	}
	r = enginetest.New(t, p, &engine.Info{})
	peer := r.Connect(Socket, false, func(c *engine.Conn) { bindAs(c, Socket, true) })
	r.Do(func() { peer.C.FlowControl(false) })
	peer.Send([]byte("go away"))
	peer.Close()
	r.Settle() // it would not, did the poll tell again and again
	return r, peer.C, asked, got
}

// TestGoneWhileRxOff: what a peer said before it went is there when the program
// receives again, and the end behind it. In between the program has WRITEABLE, in
// which it may decide so. Seen to fail where the end was taken as such at once.
func TestGoneWhileRxOff(t *testing.T) {
	r, c, asked, got := gone(t, 3)
	if c.Dead() || *got != "" {
		t.Fatalf("closed: %v, got %q while nothing is wanted", c.Dead(), *got)
	}
	r.Do(c.AskWriteable)
	r.Settle()
	if *asked != 4 || c.Dead() {
		t.Errorf("WRITEABLE came %d times, want 4; closed: %v", *asked, c.Dead())
	}
	r.Do(func() { c.FlowControl(true) })
	r.Settle()
	if !c.Dead() || *got != "go away" {
		t.Errorf("closed: %v, got %q", c.Dead(), *got)
	}
}

// TestGoneAndWritingOn: a program that does not receive and writes on hears that
// nobody is there. Without a bound it would go on for ever.
func TestGoneAndWritingOn(t *testing.T) {
	r, c, asked, _ := gone(t, 1000)
	r.Do(c.AskWriteable)
	r.Settle()
	if !c.Dead() || *asked > 100 {
		t.Errorf("closed: %v behind %d writes", c.Dead(), *asked)
	}
}

// TestGoneWithoutAWord: there is nothing to wait for.
func TestGoneWithoutAWord(t *testing.T) {
	r := enginetest.New(t, &enginetest.Program{}, &engine.Info{})
	peer := r.Connect(Socket, false, func(c *engine.Conn) { bindAs(c, Socket, true) })
	r.Do(func() { peer.C.FlowControl(false) })
	peer.Close()
	r.Settle()
	if !peer.C.Dead() {
		t.Error("a connection that nothing comes from stays")
	}
}
