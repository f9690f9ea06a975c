// SPDX-License-Identifier: MIT

package ws

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/engine/enginetest"
	"libwebsockets/impl/wire/ws"
)

// TestCloseCodes: codes that RFC 6455 §7.4.1 keeps off the wire do not get there,
// whichever way the program sends them. Fails without closePayload.
func TestCloseCodes(t *testing.T) {
	for code, want := range map[uint16]string{0: "\x88\x00", 999: "\x88\x00", 1000: "\x88\x02\x03\xe8", 1005: "\x88\x00", 1006: "\x88\x00",
		1012: "\x88\x02\x03\xf4", 1015: "\x88\x00", 4999: "\x88\x02\x13\x87", 5000: "\x88\x00"} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			written := 0
			p := &enginetest.Program{On: func(k enginetest.Call) int {
				if k.Reason != engine.ReasonReceive {
					return 0
				}
				k.Conn.Ctx.Lock()
				defer k.Conn.Ctx.Unlock()
				if string(k.Bytes) == "write" {
					written = k.Conn.Write(engine.PayloadOf([]byte{byte(code >> 8), byte(code)}), engine.WriteClose)
					return 0
				}
				SetCloseReason(k.Conn, code, nil)
				return -1
			}}
			r := enginetest.New(t, p, &engine.Info{})
			c := connect(r, false, nil)
			c.Send(frame(nil, ws.OpText, true, 0, true, []byte("close")))
			r.Settle()
			if got, _ := c.Recv(); string(got) != want {
				t.Errorf("lws_close_reason %d: %x, want %x", code, got, want)
			}
			c = connect(r, false, nil)
			c.Send(frame(nil, ws.OpText, true, 0, true, []byte("write")))
			r.Settle()
			if got, _ := c.Recv(); len(want) == 4 && string(got) != want || len(want) == 2 && (len(got) > 0 || written != -1) {
				t.Errorf("LWS_WRITE_CLOSE %d: %x, %d", code, got, written)
			}
		})
	}
}

// TestBackToBack: a second write in one callback is told of, once a connection;
// one write in each is not.
func TestBackToBack(t *testing.T) {
	p := &enginetest.Program{Levels: engine.LogInfo}
	p.On = func(k enginetest.Call) int {
		if k.Reason != engine.ReasonReceive {
			return 0
		}
		k.Conn.Ctx.Lock()
		defer k.Conn.Ctx.Unlock()
		for range bytes.Count(k.Bytes, []byte("w")) {
			k.Conn.ProgramWrite(engine.PayloadOf([]byte("x")), engine.WriteText)
		}
		return 0
	}
	r := enginetest.New(t, p, &engine.Info{})
	c := connect(r, false, nil)
	for i, n := range []int{1, 1, 2, 3} {
		c.Send(bytes.Repeat(frame(nil, ws.OpText, true, 0, true, bytes.Repeat([]byte("w"), n)), 2))
		r.Settle()
		if told := strings.Count(strings.Join(p.Lines, ""), "back-to-back"); told != min(1, i/2) {
			t.Errorf("after message %d it was told %d times", i, told)
		}
	}
}
