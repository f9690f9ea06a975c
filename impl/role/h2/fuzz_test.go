// SPDX-License-Identifier: MIT

package h2

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/engine/enginetest"
	"libwebsockets/impl/role/h1"
	"libwebsockets/impl/role/ws"
	fields "libwebsockets/impl/wire/h1"
	wire "libwebsockets/impl/wire/h2"
)

// guest is a program that answers by chance.
type guest struct{ rnd *rand.Rand }

func (p *guest) on(k enginetest.Call) int {
	switch k.Reason {
	case engine.ReasonHTTP, engine.ReasonHTTPBodyCompletion, engine.ReasonHTTPWriteable, engine.ReasonReceive:
		return p.answer(k.Conn)
	}
	return 0
}

// answer does one of the things that programs do.
func (p *guest) answer(c *engine.Conn) int {
	c.Ctx.Lock()
	defer c.Ctx.Unlock()
	switch p.rnd.IntN(8) {
	case 0:
		return -1
	case 1:
		h1.ReturnStatus(c, 200, "words")
		return -h1.Completed(c)
	case 2:
		b, _ := h1.AddCommon(c, make([]byte, 0, 500), 200, "text/plain", h1.NoContentLength)
		c.Write(engine.PayloadOf(b), engine.WriteHTTPHeaders)
		c.AskWriteable()
	case 3:
		c.Write(engine.PayloadOf(make([]byte, p.rnd.IntN(100000))), engine.WriteHTTP)
		c.AskWriteable()
	case 4:
		c.Write(engine.PayloadOf(make([]byte, p.rnd.IntN(1000))), engine.WriteHTTPFinal)
		return -h1.Completed(c)
	case 5:
		c.SetTimeout(engine.TimeoutUserOK, -1)
	case 6:
		c.Close(engine.CloseNoStatus)
	}
	return 0
}

type site struct{}

func (site) Action(c *engine.Conn) bool {
	c.SetState(engine.StateDoingTransaction)
	return c.CallBytes(engine.ReasonHTTP, c.Headers.Value(fields.TokenHTTPColonPath)) == 0 && (c.Dead() || h1.ExpectBody(c))
}
func (site) RedirectHit(*engine.Conn) (done, ok bool) { return false, true }
func (site) Fragment(*engine.Conn) bool               { return true }
func (site) BindPost(*engine.Conn)                    {}
func (site) Drop(*engine.Conn)                        {}

// stir makes frames of arbitrary bytes: two for each.
func stir(in []byte) (out []byte) {
	add := func(t wire.Type, f wire.Flags, stream uint32, p []byte) { out = append(out, frame(t, f, stream, p)...) }
	for ; len(in) >= 2; in = in[2:] {
		stream, x := uint32(in[0]>>4)*2+1, in[1]
		end := wire.Flags(x & 1)
		switch in[0] & 15 {
		case 0, 1, 2:
			add(wire.Headers, wire.EndHeaders|end, stream, fieldBlock(":method", "GET", ":scheme", "http", ":path", "/a?b"))
		case 3, 4:
			add(wire.Headers, wire.EndHeaders|end, stream, fieldBlock(":method", "POST", ":scheme", "http", ":path", "/", "content-length", fmt.Sprint(x)))
		case 5:
			add(wire.Headers, wire.EndHeaders, stream, fieldBlock(":method", "CONNECT", ":protocol", "websocket", ":scheme", "http", ":path", "/"))
		case 6, 7:
			add(wire.Data, end, stream, make([]byte, x))
		case 8:
			out = wire.AppendRstStream(out, stream, wire.Cancel)
		case 9:
			out = wire.AppendWindowUpdate(out, stream*uint32(x&1), uint32(x)<<9)
		case 10:
			out = wire.AppendSettings(out, wire.Setting{ID: wire.InitialWindowSize, Value: uint32(x) << 6})
		case 11:
			out = wire.AppendPing(out, false, [8]byte{x})
		case 12:
			b := fieldBlock(":method", "GET", ":scheme", "http", ":path", "/split")
			k := int(x) % len(b)
			add(wire.Headers, end, stream, b[:k])
			add(wire.Continuation, wire.EndHeaders, stream, b[k:])
		case 13:
			add(wire.Type(x), wire.Flags(x), stream, []byte{x, x})
		case 14:
			out = wire.AppendGoAway(out, 0, wire.NoError, "")
		case 15:
			out = append(out, x)
		}
	}
	return out
}

// audit reads what we sent: well-formed frames, nothing behind the end of a
// stream, never more data than the peer's windows allow.
func audit(t *testing.T, sent []byte, conn int64, initial int64, given map[uint32]int64) {
	t.Helper()
	d := wire.Decoder{MaxFrame: wire.MinMaxFrame}
	ended, used := map[uint32]bool{}, map[uint32]int64{}
	for len(sent) > 0 {
		n, ev, have, err := d.Next(sent)
		if err != nil {
			t.Fatalf("we sent what is no frame: %v", err)
		}
		sent = sent[n:]
		if !have {
			return
		}
		if ev.Type == wire.Data || ev.Type == wire.Headers {
			if ended[ev.Stream] {
				t.Fatalf("%v behind the end of stream %d", ev.Type, ev.Stream)
			}
			ended[ev.Stream] = ev.Last && ev.Flags.Has(wire.EndStream)
		}
		if ev.Type == wire.Data {
			used[0] += int64(len(ev.Payload))
			used[ev.Stream] += int64(len(ev.Payload))
			if used[0] > conn || used[ev.Stream] > initial+given[ev.Stream] {
				t.Fatalf("more data than the windows allow: %d of %d, stream %d: %d of %d", used[0], conn, ev.Stream, used[ev.Stream], initial+given[ev.Stream])
			}
		}
	}
}

// windows is the most that the frames in b ever allow.
func windows(b []byte) (conn, initial int64, given map[uint32]int64) {
	conn, initial, given = wire.DefaultWindow, wire.DefaultWindow, map[uint32]int64{}
	d := wire.Decoder{MaxFrame: wire.MinMaxFrame}
	for len(b) > 0 {
		n, ev, have, err := d.Next(b)
		b = b[n:]
		if err != nil && err.(*wire.Error).Stream == 0 {
			return
		}
		if !have {
			continue
		}
		switch ev.Type {
		case wire.WindowUpdate:
			if add := int64(wire.Uint32(ev.Payload)); ev.Stream == 0 {
				conn += add
			} else {
				given[ev.Stream] += add
			}
		case wire.Settings:
			_ = wire.EachSetting(ev.Payload, func(s wire.Setting) error {
				if s.ID == wire.InitialWindowSize {
					initial = max(initial, int64(s.Value))
				}
				return nil
			})
		}
	}
	return
}

// FuzzStreams: whatever frames come, cut anywhere, and whatever the program
// does: no panic, all connections end, and what we send keeps the rules.
func FuzzStreams(f *testing.F) {
	f.Add([]byte{0, 1, 3, 5, 6, 5, 9, 255, 16, 1, 8, 0}, uint64(1))
	f.Add([]byte{5, 0, 6, 9, 6, 1, 0x20, 1, 0x40, 1, 10, 0, 10, 255}, uint64(2))
	f.Add([]byte{0, 1, 0x10, 1, 0x20, 1, 0x30, 1, 9, 1, 9, 3, 14, 0}, uint64(3))
	f.Add([]byte{12, 7, 0x1c, 30, 15, 3, 13, 99, 11, 1}, uint64(4))
	f.Fuzz(func(t *testing.T, in []byte, seed uint64) {
		if len(in) > 400 {
			in = in[:400]
		}
		run(t, stir(in), seed)
	})
}

// serveSite has requests served by site.
func serveSite() {
	h1.Wire(h1.Hooks{App: site{}, Upgrades: map[string]func(*engine.Conn) bool{"h2c": Upgrade, "websocket": ws.Upgrade},
		Extended: Extended, Fallback: func(*engine.Conn, []byte) bool { return false }})
}

func run(t *testing.T, frames []byte, seed uint64) {
	p := &guest{rnd: rand.New(rand.NewPCG(seed, 1))}
	prog := &enginetest.Program{On: p.on}
	t.Cleanup(func() { // when the context has gone
		if made := prog.Made + 1; made != prog.Gone { // nobody tells of the first one's making
			t.Errorf("%d connections made, %d destroyed", made, prog.Gone)
		}
	})
	serveSite()
	r := enginetest.New(t, prog, &engine.Info{Protocols: []engine.Protocol{{Name: "p", Size: 8}}})
	peer := r.Connect(h1.Role, false, func(c *engine.Conn) { Accept(c) })
	all := append(wire.AppendSettings([]byte(wire.Preface)), frames...)
	conn, initial, given := windows(all[len(wire.Preface):])
	var sent []byte
	turn := func() {
		r.Turn()
		b, _ := peer.Recv()
		sent = append(sent, b...)
	}
	for len(all) > 0 && !peer.C.Dead() {
		n := peer.Send(all[:1+p.rnd.IntN(min(len(all), 300))])
		if n == 0 {
			break
		}
		all = all[n:]
		turn()
	}
	for range 5 {
		turn()
	}
	peer.Close()
	for i := 0; i < 20 && !peer.C.Dead(); i++ {
		r.Turn()
	}
	if !peer.C.Dead() {
		t.Error("the connection stayed")
	}
	audit(t, sent, conn, initial, given)
}
