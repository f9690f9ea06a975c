// SPDX-License-Identifier: MIT

package raw

import (
	"testing"

	"golang.org/x/sys/unix"

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
// nobody is there. Seen to fail without the bound: all its writes were taken.
func TestGoneAndWritingOn(t *testing.T) {
	r, c, asked, _ := gone(t, 1000)
	r.Do(c.AskWriteable)
	r.Settle()
	if !c.Dead() || *asked < 10 || *asked > 100 {
		t.Errorf("closed: %v behind %d writes", c.Dead(), *asked)
	}
}

// TestGoneWithoutAWord: there is nothing to wait for. Seen to fail where a peer that is
// gone was waited for in any case.
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

// adopted makes one end of a pipe, with "in the pipe" in it, a connection whose program
// reads four bytes at a time, and never closes. heard is what it got, and a dot each time.
func adopted(t *testing.T, end int) (r *enginetest.Rig, c *engine.Conn, other int, heard *string) {
	var ends [2]int
	if err := unix.Pipe2(ends[:], unix.O_NONBLOCK|unix.O_CLOEXEC); err != nil {
		t.Fatal(err)
	}
	if _, err := unix.Write(ends[1], []byte("in the pipe")); err != nil {
		t.Fatal(err)
	}
	heard = new(string)
	r = enginetest.New(t, &enginetest.Program{On: func(k enginetest.Call) int {
		if k.Reason == engine.ReasonRAWRXFile && len(*heard) < 1000 {
			var b [4]byte
			n, _ := unix.Read(ends[end], b[:])
			*heard += string(b[:max(n, 0)]) + "."
		}
		return 0
	}}, &engine.Info{})
	r.Do(func() {
		c = engine.NewConn(r.Ctx.First(), r.Vhost, File, false)
		c.SetProtocol(r.Vhost.Protocols[0])
		bindAs(c, File, true)
		c.FlowControl(end == 1)
		if !c.Attach(ends[end]) {
			t.Error("attach failed")
		}
	})
	return r, c, ends[1-end], heard
}

// TestPipeGoneWhileRxOff: what a pipe holds whose writer has gone is told when the program
// receives again, and then the end, once it has read all: it need not see it by itself.
// Seen to fail where the engine asked it again and again, as it does roles that read.
func TestPipeGoneWhileRxOff(t *testing.T) {
	r, c, writer, heard := adopted(t, 0)
	unix.Close(writer)
	r.Settle()
	if c.Dead() || *heard != "" {
		t.Fatalf("closed: %v, heard %q while nothing is wanted", c.Dead(), *heard)
	}
	r.Do(func() { c.FlowControl(true) })
	r.Settle()
	if want := "in t.he p.ipe."; !c.Dead() || *heard != want {
		t.Errorf("closed: %v, heard %.40q, want %q", c.Dead(), *heard, want)
	}
}

// TestPipeNobodyReads: what is in a pipe is nothing to be read at its other end. Seen to
// fail: the engine took it for the peer's last words, and told of them for ever.
func TestPipeNobodyReads(t *testing.T) {
	r, c, reader, heard := adopted(t, 1)
	unix.Close(reader)
	r.Settle()
	if !c.Dead() || *heard != "" {
		t.Errorf("closed: %v, heard %.40q", c.Dead(), *heard)
	}
}
