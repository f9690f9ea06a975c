// SPDX-License-Identifier: MIT

package h2

import (
	"bytes"
	"fmt"
	"testing"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/engine/enginetest"
	"libwebsockets/impl/role/h1"
	wire "libwebsockets/impl/wire/h2"
)

// held is a server's connection with a stream that keeps what comes: a WebSocket whose
// program does not receive, as one that inflates much goes on later, or a request that
// has yet to be acted on, as when the socket takes nothing.
type held struct {
	*enginetest.Rig
	peer   *enginetest.Peer
	stream *engine.Conn
	got    string
}

const heldRx = 10 // of the protocol

func hold(t *testing.T, socket bool) *held {
	x := &held{}
	serveSite()
	x.Rig = enginetest.New(t, &enginetest.Program{On: func(k enginetest.Call) int {
		switch k.Reason {
		case engine.ReasonWSICreate:
			k.Conn.Ctx.Lock()
			defer k.Conn.Ctx.Unlock()
			if x.stream == nil {
				x.stream = k.Conn
				k.Conn.Hold(!socket)
			}
		case engine.ReasonReceive, engine.ReasonHTTPBody:
			if x.got += string(k.Bytes); k.Reason == engine.ReasonReceive && x.got == "0123456789" {
				k.Conn.Ctx.Lock()
				defer k.Conn.Ctx.Unlock()
				k.Conn.FlowControl(false)
			}
		case engine.ReasonHTTPBodyCompletion, engine.ReasonClosed:
			x.got += "."
		}
		return 0
	}}, &engine.Info{Protocols: []engine.Protocol{{Name: "p", RxSize: heldRx}}})
	x.peer = x.Connect(h1.Role, false, func(c *engine.Conn) { Accept(c) })
	head := fieldBlock(":method", "CONNECT", ":protocol", "websocket", ":scheme", "http", ":path", "/", ":authority", "t", "sec-websocket-version", "13")
	if !socket {
		head = fieldBlock(":method", "POST", ":scheme", "http", ":path", "/", ":authority", "t", "content-length", "12")
	}
	x.peer.Send(append(wire.AppendSettings([]byte(wire.Preface)), frame(wire.Headers, wire.EndHeaders, 1, head)...))
	if socket {
		x.Settle()
	}
	return x
}

// message is a WebSocket message of a client in one frame.
func message(p string) []byte {
	b := []byte{0x82, 0x80 | byte(len(p)), 0, 0, 0, 0}
	return append(b, p...)
}

// release has the stream go on.
func (x *held) release() {
	x.Do(func() {
		x.stream.Hold(false)
		x.stream.FlowControl(true)
	})
	x.Settle()
}

// TestGoneWithStreams: the peer of a connection goes, with a reset or not, while a stream
// keeps what came. The stream hands that out and the connection ends behind it; another,
// which keeps nothing, ends at once. Seen to fail: all was lost where the connection
// ended at once, and the other stayed where only the connection's end ended it.
func TestGoneWithStreams(t *testing.T) {
	for _, socket := range []bool{true, false} {
		for _, reset := range []bool{true, false} {
			t.Run(fmt.Sprintf("socket %v, reset %v", socket, reset), func(t *testing.T) { goneWithStream(t, socket, reset) })
		}
	}
}

func goneWithStream(t *testing.T, socket, reset bool) {
	x := hold(t, socket)
	data, want := "twelve bytes", "twelve bytes."
	if socket {
		data, want = string(message("0123456789"))+string(message("and more")), "0123456789and more."
	}
	get := fieldBlock(":method", "GET", ":scheme", "http", ":path", "/", ":authority", "t")
	x.peer.Send(append(frame(wire.Headers, wire.EndHeaders|wire.EndStream, 3, get), frame(wire.Data, wire.EndStream, 1, []byte(data))...))
	if !reset { // a unix socket that holds something unread is closed with one
		x.Turn()
		x.peer.Recv()
	}
	x.peer.Finish()
	x.peer.Close()
	for range 10 {
		x.Turn()
	}
	if x.peer.C.Dead() || x.stream.Dead() {
		t.Fatalf("closed, got %q", x.got)
	}
	if x.Prog.Gone != 1 {
		t.Errorf("%d streams have ended, want the one that keeps nothing", x.Prog.Gone)
	}
	x.release()
	if x.got != want || !x.peer.C.Dead() {
		t.Errorf("got %q, want %q; closed: %v", x.got, want, x.peer.C.Dead())
	}
}

// TestEndBehindHeld: a WebSocket's stream that ends in the middle of what the program has
// not taken ends when it has, also where a reset follows that end. Seen to fail where the
// reset ended the stream at once, and where the rest of a frame was all that waited:
// the stream stayed as long as its connection.
func TestEndBehindHeld(t *testing.T) {
	end := func(p []byte) []byte { return frame(wire.Data, wire.EndStream, 1, p) }
	two := append(message("0123456789"), message("rest")...)
	for name, data := range map[string][]byte{"a frame": end(message("0123456789rest")), "two": end(two),
		"a reset": append(end(two), wire.AppendRstStream(nil, 1, wire.NoError)...)} {
		t.Run(name, func(t *testing.T) {
			x := hold(t, true)
			x.peer.Send(data)
			x.Settle()
			if x.stream.Dead() || x.got != "0123456789" {
				t.Fatalf("closed: %v, got %q", x.stream.Dead(), x.got)
			}
			x.release()
			if !x.stream.Dead() || x.got != "0123456789rest." || x.peer.C.Dead() {
				t.Errorf("closed: %v, got %q, the connection: %v", x.stream.Dead(), x.got, x.peer.C.Dead())
			}
		})
	}
}

// TestHeldWindow: a WebSocket that keeps what comes has no new window for it, until it has
// handed it out. Seen to fail where each half of the window was given anew.
func TestHeldWindow(t *testing.T) {
	x := hold(t, true)
	x.peer.Recv()
	x.peer.Send(frame(wire.Data, 0, 1, message("0123456789")))
	piece := bytes.Repeat(message(string(make([]byte, heldRx))), 500)
	given := func() (n int) {
		b, _ := x.peer.Recv()
		d := wire.Decoder{MaxFrame: wire.MinMaxFrame}
		for len(b) > 0 {
			used, ev, have, _ := d.Next(b)
			if b = b[used:]; have && ev.Type == wire.WindowUpdate && ev.Stream == 1 {
				n += int(wire.Uint32(ev.Payload))
			}
		}
		return n
	}
	for range streamWindow / len(piece) {
		x.peer.Send(frame(wire.Data, 0, 1, piece))
		x.Settle()
	}
	if n := given(); n != 0 || x.stream.Dead() {
		t.Errorf("the window grew by %d while nothing was taken; closed: %v", n, x.stream.Dead())
	}
	x.release()
	if n := given(); n < streamWindow/2 {
		t.Errorf("the window grew by %d when all was taken", n)
	}
}
