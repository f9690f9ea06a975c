// SPDX-License-Identifier: MIT

package h2

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"golang.org/x/net/http2"
)

// TestTinyWindows: a peer that never lets more than some bytes come at a time
// gets all of 20 answers, and the server's memory stays near an idle one's
// although its program writes 8 KiB at a time without asking what it may.
// Seen to fail: with another byte expected of the answers.
func TestTinyWindows(t *testing.T) {
	const streams, size = 20, 30000
	idle := server(t, "-p", "-s", "100")
	r := dial(t, idle)
	_, err := r.fr.ReadFrame()
	must(t, err)

	p := server(t, "-p", "-s", "100", "-b")
	r = dial(t, p)
	must(t, r.fr.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 1}))
	var got [streams][]byte
	ended := 0
	for i := range streams {
		must(t, r.fr.WriteHeaders(http2.HeadersFrameParam{StreamID: uint32(2*i + 1), EndHeaders: true, EndStream: true,
			BlockFragment: r.get(fmt.Sprintf("/big/%d", size+i))}))
	}
	step := uint32(1) // how much is opened next: 1 to 1000
	for ended < streams {
		f, err := r.fr.ReadFrame()
		must(t, err)
		d, ok := f.(*http2.DataFrame)
		if !ok {
			continue
		}
		i := (d.StreamID - 1) / 2
		got[i] = append(got[i], d.Data()...)
		if d.StreamEnded() {
			ended++
		}
		if n := uint32(len(d.Data())); n > 0 {
			must(t, r.fr.WriteWindowUpdate(0, n)) // the connection's stays as it was
		}
		if !d.StreamEnded() && len(got[i]) < size+int(i) {
			step = step*7%1000 + 1
			must(t, r.fr.WriteWindowUpdate(d.StreamID, step))
		}
	}
	for i, b := range got {
		if !bytes.Equal(b, pattern(size+i)) {
			t.Errorf("stream %d: %d bytes of %d, or others", 2*i+1, len(b), size+i)
		}
	}
	if a, b := idle.Status("VmHWM"), p.Status("VmHWM"); b > a+16<<10 {
		t.Errorf("the server needed %d KiB, an idle one %d", b, a)
	}
}

// TestGoAway: a server that ends says so to a peer with live streams, and which
// of them it knew (RFC 9113 §6.8). Seen to fail: a build that closes without a word.
func TestGoAway(t *testing.T) {
	p := server(t, "-p")
	r := dial(t, p)
	for id := uint32(1); id < 6; id += 2 {
		must(t, r.fr.WriteHeaders(http2.HeadersFrameParam{StreamID: id, EndHeaders: true, EndStream: id < 5, BlockFragment: r.get("/hang")}))
	}
	must(t, r.fr.WritePing(false, [8]byte{}))
	for {
		f, err := r.fr.ReadFrame()
		must(t, err)
		if g, ok := f.(*http2.PingFrame); ok && g.IsAck() { // it has seen the requests
			break
		}
	}
	stopped := make(chan struct{})
	go func() { p.Stop(); close(stopped) }()
	var bye *http2.GoAwayFrame
	for {
		f, err := r.fr.ReadFrame()
		if err != nil {
			break
		}
		if g, ok := f.(*http2.GoAwayFrame); ok {
			bye = g
			if g.LastStreamID != 5 || g.ErrCode != http2.ErrCodeNo {
				t.Errorf("GOAWAY: last stream %d, %v", g.LastStreamID, g.ErrCode)
			}
		}
	}
	if bye == nil {
		t.Error("no GOAWAY")
	}
	select {
	case <-stopped:
	case <-time.After(15 * time.Second):
		t.Error("the server does not end")
	}
}

// TestFirstWindow: a request may have its body right behind its head: the server's first
// windows are open before a word of it about the stream. Where they are not, libcurl (7.88)
// loses the beginning of an upload whose length it does not know. Seen to fail: with a first
// window of 0.
func TestFirstWindow(t *testing.T) {
	const most = 4 << 16
	r := dial(t, server(t, "-p"))
	f, err := r.fr.ReadFrame()
	must(t, err)
	first, ok := f.(*http2.SettingsFrame)
	if !ok {
		t.Fatalf("%v", f)
	}
	if n, ok := first.Value(http2.SettingInitialWindowSize); ok && n != most {
		t.Fatalf("the first window has %d bytes, want %d", n, most)
	}
	must(t, r.fr.WriteSettingsAck())
	up := pattern(most)
	r.begin(1, false, "POST", "/up")
	for b := up; len(b) > 0; b = b[min(len(b), 16<<10):] {
		must(t, r.fr.WriteData(1, false, b[:min(len(b), 16<<10)]))
	}
	must(t, r.fr.WriteData(1, true, nil))
	if got, want := r.answer(t, 1), fmt.Sprintf("got %d %08x", len(up), sum(up)); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
