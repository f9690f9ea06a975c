// SPDX-License-Identifier: MIT

package ws

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/engine/enginetest"
	"libwebsockets/impl/wire/deflate"
	"libwebsockets/impl/wire/ws"
)

// mix is one way of receiving: drawn from a seed, which a failure names.
type mix struct {
	client   bool
	params   *deflate.Params
	rxSize   int
	pieceMax int // of what is written to the socket at once
	fragMax  int // of a fragment, 0: whole messages
	pauses   int // of a hundred callbacks, after how many nothing more is wanted
	messages [][]byte
}

func (m mix) String() string {
	return fmt.Sprintf("client %v, deflate %v, rx_buffer_size %d, segments to %d, fragments to %d, %d%% pauses, %d messages",
		m.client, m.params, m.rxSize, m.pieceMax, m.fragMax, m.pauses, len(m.messages))
}

func draw(rnd *rand.Rand) (m mix) {
	m.client = rnd.IntN(2) == 0
	if rnd.IntN(4) > 0 {
		m.params = &deflate.Params{ClientNoContextTakeover: rnd.IntN(2) == 0, ServerNoContextTakeover: rnd.IntN(2) == 0}
	}
	m.rxSize = []int{0, 1, 100, 128, 1000, 1024, 4096, 10000}[rnd.IntN(8)]
	m.pieceMax = []int{1, 7, 1400, 70000}[rnd.IntN(4)]
	m.fragMax = []int{0, 0, 5, 1000, 20000}[rnd.IntN(5)]
	m.pauses = []int{5, 30, 100}[rnd.IntN(3)]
	left := 30000
	if m.pieceMax < 100 || m.rxSize == 1 || m.fragMax == 5 {
		left = 3000
	}
	for range 1 + rnd.IntN(8) {
		b := make([]byte, rnd.IntN(1+left/(1+rnd.IntN(20))))
		kind := rnd.IntN(3)
		for i := range b { // all, some, or none of it can be compressed
			switch {
			case kind == 0:
				b[i] = byte(rnd.IntN(256))
			case kind == 1 && rnd.IntN(40) == 0:
				b[i] = byte(rnd.IntN(4))
			}
		}
		left -= len(b)
		m.messages = append(m.messages, b)
	}
	return m
}

// wire is what the peer sends for m.
func (m mix) wire(rnd *rand.Rand) (out []byte) {
	var z deflate.Deflater
	if m.params != nil {
		none := m.params.ClientNoContextTakeover
		if m.client {
			none = m.params.ServerNoContextTakeover
		}
		z.Init(deflate.DeflaterConfig{Level: 1 + rnd.IntN(9), NoContextTakeover: none})
		defer z.Release()
	}
	for _, p := range m.messages {
		rsv := byte(0)
		if m.params != nil && rnd.IntN(8) > 0 {
			p, rsv = z.Write(nil, p, true), ws.Rsv1
		}
		op := ws.OpBinary
		for {
			n := len(p)
			if m.fragMax > 0 {
				n = min(n, rnd.IntN(m.fragMax+1))
			}
			out = frame(out, op, n == len(p), rsv, !m.client, p[:n])
			if n == len(p) {
				break
			}
			p, op, rsv = p[n:], ws.OpContinuation, 0
			if rnd.IntN(10) == 0 {
				out = frame(out, ws.OpPing, true, 0, !m.client, []byte("?"))
			}
		}
	}
	return out
}

// receive plays m and gives what the program got.
func (m mix) receive(t *testing.T, rnd *rand.Rand) (got [][]byte, err error) {
	var message []byte
	inside := false
	p := &enginetest.Program{}
	p.On = func(k enginetest.Call) int {
		if k.Reason != engine.ReasonReceive && k.Reason != engine.ReasonClientReceive {
			return 0
		}
		k.Conn.Ctx.Lock()
		defer k.Conn.Ctx.Unlock()
		f := k.Conn.F
		if k.Conn.RxOff() {
			err = fmt.Errorf("message %d: told while nothing is wanted", len(got))
		}
		if inside == (f.First != 0) {
			err = fmt.Errorf("message %d: the first piece is %d, inside %v", len(got), f.First, inside)
		}
		inside = true
		message = append(message, k.Bytes...)
		if f.Final != 0 && f.RxRemain == 0 && f.Draining == 0 { // lws_is_final_fragment
			got = append(got, message)
			message, inside = nil, false
		}
		if rnd.IntN(100) < m.pauses {
			k.Conn.FlowControl(false)
		}
		return 0
	}
	r := enginetest.New(t, p, &engine.Info{Protocols: []engine.Protocol{{Name: "p", RxSize: m.rxSize}}})
	c := connect(r, m.client, m.params)
	out := m.wire(rnd)
	for (len(out) > 0 || c.C.RxOff()) && err == nil && !c.C.Dead() {
		out = out[c.Send(out[:min(len(out), 1+rnd.IntN(m.pieceMax))]):]
		if rnd.IntN(2) == 0 {
			r.Turn()
		} else {
			r.Settle()
		}
		if rnd.IntN(2) == 0 {
			r.Do(func() { c.C.FlowControl(true) })
		}
		if len(out) == 0 {
			r.Settle()
		}
	}
	r.Settle()
	if c.C.Dead() {
		err = fmt.Errorf("closed: %q", p.Lines)
	}
	return got, err
}

// TestFlowMixes: in every mix of buffer size, fragments, compression and pauses
// every byte comes and each message ends once. Seen to fail when what is kept
// compressed was forgotten on going on behind a short inflated piece.
func TestFlowMixes(t *testing.T) {
	seed := rand.Uint64()
	for i := range uint64(500) {
		rnd := rand.New(rand.NewPCG(seed, i))
		m := draw(rnd)
		var got [][]byte
		var err error
		t.Run("", func(t *testing.T) { got, err = m.receive(t, rnd) })
		for k := 0; err == nil && k < max(len(got), len(m.messages)); k++ {
			if k >= len(got) || k >= len(m.messages) || !bytes.Equal(got[k], m.messages[k]) {
				err = fmt.Errorf("%d messages came, number %d is not what was sent", len(got), k)
			}
		}
		if err != nil {
			t.Fatalf("seed %d, number %d: %v: %v", seed, i, m, err)
		}
	}
}
