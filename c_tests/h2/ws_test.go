// SPDX-License-Identifier: MIT

package h2

import (
	"bytes"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

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

// TestWebSocketVersion: a version that is not spoken is answered with the one that
// is, and the connection goes on. Seen to fail: 200.
func TestWebSocketVersion(t *testing.T) {
	p := server(t, "-p")
	r := dial(t, p)
	for i, version := range []string{"12", "13"} {
		id := uint32(1 + 2*i)
		must(t, r.fr.WriteHeaders(http2.HeadersFrameParam{StreamID: id, EndHeaders: true, BlockFragment: r.block(":method", "CONNECT",
			":protocol", "websocket", ":scheme", "http", ":path", "/", ":authority", "x", "sec-websocket-version", version,
			"sec-websocket-protocol", "echo")}))
		got := map[string]string{}
		dec := hpack.NewDecoder(4096, func(f hpack.HeaderField) { got[f.Name] = f.Value })
		f, ok := r.next(t, id).(*http2.HeadersFrame)
		if !ok {
			t.Fatalf("stream %d: no answer", id)
		}
		_, err := dec.Write(f.HeaderBlockFragment())
		must(t, err)
		switch {
		case version == "13" && (got[":status"] != "200" || f.StreamEnded()):
			t.Errorf("version 13: %v, the end %v", got, f.StreamEnded())
		case version != "13" && (got[":status"] != "426" || got["sec-websocket-version"] != "13" || !f.StreamEnded()):
			t.Errorf("version %s: %v, the end %v", version, got, f.StreamEnded())
		}
	}
	p.Stop()
}
