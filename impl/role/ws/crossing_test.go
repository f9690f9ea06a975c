// SPDX-License-Identifier: MIT

package ws

import (
	"bytes"
	"fmt"
	"testing"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/engine/enginetest"
	"libwebsockets/impl/wire/ws"
)

// TestCrossing: the program closes because of a message, and a part of what the
// peer has sent behind it came in the same read. Wherever that is cut, the peer's
// close frame is found, and awaited. Seen to fail where the part was dropped: the
// rest was taken for a bad frame, and the peer's answer met with a reset.
func TestCrossing(t *testing.T) {
	for _, client := range []bool{false, true} {
		end := frame(nil, ws.OpText, true, 0, !client, []byte("end"))
		crossing := frame(nil, ws.OpText, true, 0, !client, bytes.Repeat([]byte("crossing "), 20))
		crossing = frame(crossing, ws.OpPing, true, 0, !client, []byte("crossing"))
		for cut := range len(crossing) {
			t.Run(fmt.Sprintf("client %v, cut at %d", client, cut), func(t *testing.T) {
				got := 0
				p := &enginetest.Program{Levels: engine.LogNotice, On: func(k enginetest.Call) int {
					if k.Reason != engine.ReasonReceive && k.Reason != engine.ReasonClientReceive {
						return 0
					}
					got++
					k.Conn.Ctx.Lock()
					defer k.Conn.Ctx.Unlock()
					SetCloseReason(k.Conn, 3005, []byte("bye"))
					return -1
				}}
				r := enginetest.New(t, p, &engine.Info{})
				c := connect(r, client, nil)
				c.Send(append(bytes.Clone(end), crossing[:cut]...))
				r.Settle()
				c.Send(crossing[cut:])
				r.Settle()
				if b, ended := c.Recv(); got != 1 || ended || c.C.Dead() || len(b) < 2 || b[0] != 0x88 {
					t.Fatalf("%d messages, sent %x, ended %v before the peer's close frame; %q", got, b, ended, p.Lines)
				}
				c.Send(frame(nil, ws.OpClose, true, 0, !client, []byte("\x0b\xbdbye")))
				r.Settle()
				if b, ended := c.Recv(); !ended || len(b) > 0 || len(p.Lines) > 0 {
					t.Errorf("behind the peer's close frame: %x, ended %v, %q", b, ended, p.Lines)
				}
			})
		}
	}
}
