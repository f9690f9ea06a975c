// SPDX-License-Identifier: MIT

package ws

import (
	"math/rand/v2"
	"testing"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/engine/enginetest"
	"libwebsockets/impl/wire/deflate"
	"libwebsockets/impl/wire/ws"
)

// stir makes frames of arbitrary bytes, two for each; most keep the rules.
func stir(in []byte, masked bool) (out []byte) {
	const ff = "\xff\xff\xff\xff\xff\xff\xff\xff"
	var z deflate.Deflater
	z.Init(deflate.DeflaterConfig{Level: 1, NoContextTakeover: true})
	defer z.Release()
	for ; len(in) >= 2; in = in[2:] {
		x, p := in[1], make([]byte, int(in[1])*int(1+in[0]>>4))
		fin := x&1 == 0
		switch in[0] & 15 {
		case 0, 1:
			out = frame(out, ws.OpText, fin, 0, masked, p)
		case 2:
			out = frame(out, ws.OpBinary, true, 0, masked, p)
		case 3, 4:
			out = frame(out, ws.OpContinuation, fin, 0, masked, p)
		case 5, 6:
			out = frame(out, ws.OpBinary, true, ws.Rsv1, masked, z.Write(nil, p, true))
		case 7:
			out = frame(out, ws.OpText, fin, ws.Rsv1, masked, p) // no deflated data, mostly
		case 8:
			out = frame(out, ws.OpPing, true, 0, masked, p[:min(len(p), 125)])
		case 9:
			out = frame(out, ws.OpPong, true, 0, masked, p[:min(len(p), 125)])
		case 10:
			out = frame(out, ws.OpClose, true, 0, masked, []byte{3, 0xe8 + x&3})
		case 11:
			out = frame(out, ws.OpClose, true, 0, masked, p[:min(len(p), 125)])
		case 12:
			out = frame(out, ws.Opcode(x&15), x&16 != 0, x>>5, masked, []byte(ff)[:x&7])
		case 13:
			out = frame(out, ws.OpText, true, 0, masked != (x&7 == 0), []byte("\xc3\xa4" + ff)[:2+x&1])
		case 14:
			out = append(out, x)
		case 15:
			out = append(append(out, 0x82, 0x7f|x&0x80), ff[:x&7]...)
		}
	}
	return out
}

// guest is a program that does by chance what programs do, and what it sees.
type guest struct {
	t      *testing.T
	rnd    *rand.Rand
	inside bool // a message has begun
	closed bool // CLOSED was told
}

func (g *guest) on(k enginetest.Call) int {
	if k.Conn == nil {
		return 0
	}
	if g.closed && k.Reason != engine.ReasonWSIDestroy {
		g.t.Errorf("callback %d behind the close", k.Reason)
	}
	switch k.Reason {
	case engine.ReasonClosed, engine.ReasonClientClosed:
		g.closed = true
		return 0
	case engine.ReasonReceive, engine.ReasonClientReceive:
		f := k.Conn.F
		if g.inside == (f.First != 0) {
			g.t.Errorf("first piece %d, inside a message %v", f.First, g.inside)
		}
		g.inside = !(f.Final != 0 && f.RxRemain == 0 && f.Draining == 0)
	case engine.ReasonServerWriteable, engine.ReasonClientWriteable, engine.ReasonWSPeerInitiatedClose,
		engine.ReasonReceivePong, engine.ReasonClientReceivePong:
	default:
		return 0
	}
	k.Conn.Ctx.Lock()
	defer k.Conn.Ctx.Unlock()
	return g.act(k.Conn)
}

func (g *guest) act(c *engine.Conn) int {
	switch g.rnd.IntN(16) {
	case 0:
		if g.rnd.IntN(4) == 0 {
			return -1
		}
	case 1:
		SetCloseReason(c, uint16(990+g.rnd.IntN(30)), make([]byte, g.rnd.IntN(200)))
		if g.rnd.IntN(4) == 0 {
			return -1
		}
	case 2:
		c.FlowControl(false)
	case 3, 4, 5:
		c.AskWriteable()
	case 6, 7:
		c.Write(engine.PayloadOf(make([]byte, g.rnd.IntN(3000))), engine.WriteText)
	case 8:
		c.Write(engine.PayloadOf(make([]byte, g.rnd.IntN(125))), engine.WritePing)
	case 9:
		if g.rnd.IntN(8) == 0 {
			c.Write(engine.PayloadOf([]byte{3, 0xe8}), engine.WriteClose)
		}
	case 10:
		if g.rnd.IntN(16) == 0 {
			c.Close(engine.CloseNoStatus)
		}
	}
	return 0
}

// audit reads what we sent: whole frames that keep the rules, nothing behind a
// close frame. A server's are not masked, a client's are.
func audit(t *testing.T, sent []byte, client, deflated bool) {
	t.Helper()
	var d ws.Decoder
	d.Init(ws.DecoderConfig{MustBeMasked: client, MustBeUnmasked: !client, AllowRsv1: deflated})
	over := false
	for len(sent) > 0 {
		n, ch, have, err := d.Next(sent)
		if sent = sent[n:]; err != nil {
			t.Fatalf("we sent what is no frame: %v", err)
		}
		if !have {
			break
		}
		if over {
			t.Fatalf("a frame %+v behind the close frame", ch.Header)
		}
		if ch.Header.Opcode == ws.OpClose && ch.Last {
			over = true
			if len(ch.Payload) == 1 || len(ch.Payload) > 1 && !ws.WireCloseCode(ws.CloseCode(ch.Payload[0])<<8|ws.CloseCode(ch.Payload[1])) {
				t.Fatalf("sent close frame %x", ch.Payload)
			}
		}
	}
}

// FuzzSession: whatever frames come, cut anywhere, and whatever the program does:
// no panic, pieces of messages come in order, nothing is told behind the close, and
// what we send keeps the rules. Both roles; flags and seed choose the way.
func FuzzSession(f *testing.F) {
	f.Add([]byte{0, 10, 0, 11, 3, 4, 8, 5, 2, 255, 10, 0}, byte(0), uint64(1))
	f.Add([]byte{5, 200, 0xf6, 255, 7, 4, 9, 0, 11, 1}, byte(3), uint64(2))
	f.Add([]byte{0x12, 200, 5, 9, 1, 1, 8, 1, 3, 0, 13, 1, 14, 0x88}, byte(6), uint64(3))
	f.Add([]byte{12, 0x53, 15, 0xff, 10, 2}, byte(13), uint64(4))
	f.Fuzz(func(t *testing.T, in []byte, flags byte, seed uint64) {
		if len(in) > 100 {
			in = in[:100]
		}
		rnd := rand.New(rand.NewPCG(seed, uint64(flags)))
		client := flags&1 != 0
		var params *deflate.Params
		if flags&2 != 0 {
			params = &deflate.Params{ClientNoContextTakeover: flags&4 != 0, ServerNoContextTakeover: flags&4 != 0}
		}
		g := &guest{t: t, rnd: rnd}
		p := &enginetest.Program{On: g.on}
		info := &engine.Info{Protocols: []engine.Protocol{{Name: "p", RxSize: []int{0, 1, 128, 1000}[flags>>4&3]}}}
		if flags&8 != 0 {
			info.Options = engine.OptValidateUTF8
		}
		r := enginetest.New(t, p, info)
		c := connect(r, client, params)
		var sent []byte
		for out := stir(in, !client); len(out) > 0 && !c.C.Dead(); {
			n := c.Send(out[:min(len(out), 1+rnd.IntN(1<<rnd.IntN(12)))])
			out = out[n:]
			r.Settle()
			if rnd.IntN(3) == 0 && !c.C.Dead() {
				r.Do(func() { c.C.FlowControl(true) })
			}
			b, ended := c.Recv()
			if sent = append(sent, b...); ended || n == 0 {
				break
			}
		}
		c.Finish()
		for range 3 { // what was held back is gone on with
			r.Settle()
			if c.C.Dead() {
				break
			}
			r.Do(func() { c.C.FlowControl(true) })
		}
		b, _ := c.Recv()
		audit(t, append(sent, b...), client, params != nil)
		if p.Made > 0 && p.Made != p.Gone && c.C.Dead() {
			t.Errorf("%d connections were made, %d are gone", p.Made, p.Gone)
		}
	})
}
