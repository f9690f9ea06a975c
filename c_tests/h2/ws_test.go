// SPDX-License-Identifier: MIT

package h2

import (
	"bytes"
	"testing"
	"time"

	"golang.org/x/net/http2"

	"libwebsockets/c_tests/harness"
)

// TestWebSocketAtOnce: a message and the end of the stream come in one packet with
// the request that opens it: the program gets the message, then the stream is closed.
// Seen to fail (it stays open) when nobody looked for the end behind kept bytes.
func TestWebSocketAtOnce(t *testing.T) {
	p := server(t, "-p")
	r := dial(t, p)
	var b bytes.Buffer
	fr := http2.NewFramer(&b, nil)
	must(t, fr.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, EndHeaders: true, BlockFragment: r.block(":method", "CONNECT",
		":protocol", "websocket", ":scheme", "http", ":path", "/", ":authority", "x", "sec-websocket-version", "13",
		"sec-websocket-protocol", "echo")}))
	must(t, fr.WriteData(1, true, harness.Frame{Fin: true, Op: harness.Binary, Masked: true, Payload: []byte("hello")}.Append(nil)))
	_, err := r.Write(b.Bytes())
	must(t, err)
	if got := p.WaitLine(`^ECHOED (\d+)$`, 5*time.Second)[1]; got != "5" {
		t.Errorf("%s bytes came", got)
	}
	p.Stop()
}
