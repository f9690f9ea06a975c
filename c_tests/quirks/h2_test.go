// SPDX-License-Identifier: MIT

package quirks

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"libwebsockets/c_tests/harness"
)

// h2peer writes its frames itself.
type h2peer struct {
	net.Conn
	fr  *http2.Framer
	enc *hpack.Encoder
	buf bytes.Buffer
}

// h2dial connects to a server.
func h2dial(t *testing.T, p *harness.Proc, settings ...http2.Setting) *h2peer {
	t.Helper()
	r := h2on(dial(t, p))
	_, _ = io.WriteString(r, http2.ClientPreface)
	_ = r.fr.WriteSettings(settings...)
	return r
}

func h2on(c net.Conn) *h2peer {
	r := &h2peer{Conn: c, fr: http2.NewFramer(c, c)}
	r.fr.AllowIllegalWrites, r.fr.AllowIllegalReads = true, true
	r.fr.SetMaxReadFrameSize(1<<24 - 1)
	r.enc = hpack.NewEncoder(&r.buf)
	return r
}

// begin sends a head.
func (r *h2peer) begin(stream uint32, end bool, kv ...string) {
	r.buf.Reset()
	for i := 0; i < len(kv); i += 2 {
		_ = r.enc.WriteField(hpack.HeaderField{Name: kv[i], Value: kv[i+1]})
	}
	_ = r.fr.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, EndHeaders: true, EndStream: end, BlockFragment: r.buf.Bytes()})
}

// request is a head, with more fields behind.
func request(method, path string, more ...string) []string {
	return append([]string{":method", method, ":scheme", "http", ":path", path, ":authority", "x"}, more...)
}

// seen tells of the frames for a stream up to its end, the connection's, or the answer to a PING that
// is sent first: "200, data 5 end", "reset 8".
func (r *h2peer) seen(stream uint32) string {
	_ = r.fr.WritePing(false, [8]byte{'s', byte(stream)})
	return r.rest(stream, true)
}

// whole is seen without the PING.
func (r *h2peer) whole(stream uint32) string { return r.rest(stream, false) }

func (r *h2peer) rest(stream uint32, ping bool) string {
	var all []string
	data, ended := 0, false
	add := func(format string, a ...any) {
		if data > 0 {
			all, data = append(all, fmt.Sprint("data ", data)), 0
		}
		all = append(all, fmt.Sprintf(format, a...))
	}
	for !ended {
		f, err := r.fr.ReadFrame()
		if err != nil {
			add("%s", ending(err))
			break
		}
		switch f := f.(type) {
		case *http2.PingFrame:
			if f.IsAck() && ping && f.Data == [8]byte{'s', byte(stream)} {
				add("open")
				ended = true
			}
		case *http2.GoAwayFrame:
			add("GOAWAY %d", f.ErrCode)
		case *http2.RSTStreamFrame:
			if f.StreamID == stream {
				add("reset %d", f.ErrCode)
				ended = true
			}
		case *http2.HeadersFrame:
			fields, _ := hpack.NewDecoder(4096, nil).DecodeFull(f.HeaderBlockFragment())
			if f.StreamID == stream && len(fields) > 0 {
				add("%s", fields[0].Value)
				ended = f.StreamEnded()
			}
		case *http2.DataFrame:
			if f.StreamID == stream {
				data += len(f.Data())
				ended = f.StreamEnded()
			}
		}
		if ended && data > 0 {
			add("end")
		}
	}
	return strings.Join(all, ", ")
}

func init() {
	add(map[int]func(t *testing.T, s side) string{
		17: func(t *testing.T, s side) string {
			p := s.serve(t, "h2=1", "buffer=70000")
			r := h2dial(t, p, http2.Setting{ID: http2.SettingInitialWindowSize, Val: 1 << 20})
			_ = r.fr.WriteWindowUpdate(0, 1<<20)
			r.begin(1, true, request("GET", "/big/200000")...)
			for {
				f, err := r.fr.ReadFrame()
				if err != nil {
					return ending(err)
				}
				if d, ok := f.(*http2.DataFrame); ok {
					if n := len(d.Data()); n > 16384 {
						return fmt.Sprint("a frame of ", n)
					}
					if d.StreamEnded() {
						return ""
					}
				}
			}
		},
		115: func(t *testing.T, s side) string {
			p := s.serve(t, "h2=1", "keepalive=60", "timeout=60")
			r := h2dial(t, p)
			r.begin(1, true, request("GET", "/hang")...)
			prints(p, "HTTP /hang")
			_ = r.fr.WriteRSTStream(1, http2.ErrCodeCancel)
			if !prints(p, "CLOSED") {
				return "stays"
			}
			return ""
		},
		117: func(t *testing.T, s side) string {
			r := h2dial(t, s.serve(t, "h2=1"), http2.Setting{ID: http2.SettingInitialWindowSize, Val: 100})
			r.begin(1, true, request("GET", "/big/20000")...)
			for n := 0; n < 100; {
				f, err := r.fr.ReadFrame()
				if err != nil {
					return ending(err)
				}
				if d, ok := f.(*http2.DataFrame); ok {
					if n += len(d.Data()); n > 100 {
						return fmt.Sprint(n, " bytes")
					}
				}
			}
			return differs(r.seen(1), "open")
		},
		118: func(t *testing.T, s side) string {
			r := h2dial(t, s.serve(t, "h2=1"))
			r.begin(1, true, request("GET", "/leave")...)
			r.begin(3, true, request("GET", "/hello")...)
			return differs(r.whole(1), "reset 8")
		},
		119: func(t *testing.T, s side) string {
			r := h2dial(t, s.serve(t, "h2=1"))
			r.begin(1, true, request("GET", "/hello", "Upper", "case")...)
			r.begin(3, true, request("GET", "/hello")...)
			return differs(r.whole(1)+"; "+r.whole(3), "reset 1; 200, data 5, end")
		},
		120: func(t *testing.T, s side) string {
			r := h2dial(t, s.serve(t, "h2=1", "keepalive=1", "timeout=60"))
			r.begin(1, true, request("GET", "/hang")...)
			return differs(r.whole(1), "silence")
		},
		121: func(t *testing.T, s side) string {
			r := h2dial(t, s.serve(t, "h2=1"))
			var window uint32 = 65535
			for id := uint32(1); id < 100; id += 2 {
				_ = r.SetDeadline(time.Now().Add(patience))
				r.begin(id, true, request("GET", "/hello")...)
				for {
					f, err := r.fr.ReadFrame()
					if err != nil {
						return ending(err)
					}
					if w, ok := f.(*http2.WindowUpdateFrame); ok && w.StreamID == 0 {
						window += w.Increment
					}
					if d, ok := f.(*http2.DataFrame); ok && d.StreamEnded() {
						break
					}
				}
			}
			if window > 2<<20 {
				return fmt.Sprint("a window of ", window)
			}
			return ""
		},
		122: func(t *testing.T, s side) string {
			p := s.serve(t, "h2=1")
			r := h2dial(t, p)
			r.begin(1, true, request("GET", "/beyond")...)
			prints(p, "BEYOND")
			got := r.seen(1) + "; " + r.seen(1)
			if count(p, "BEYOND fails") == 0 {
				got += "; the write succeeds"
			}
			return differs(got, "200, data 5, end; open")
		},
		125: func(t *testing.T, s side) string {
			p := s.serve(t, "h2=1")
			r := h2dial(t, p)
			r.begin(1, false, request("POST", "/post", "content-length", "4")...)
			prints(p, "HTTP /post")
			var b bytes.Buffer
			fr := http2.NewFramer(&b, nil)
			_ = fr.WriteData(1, true, []byte("body"))
			_ = fr.WritePing(false, [8]byte{1})
			_, _ = r.Write(b.Bytes())
			return differs(r.whole(1), "200, data 5, end") // "got 4"
		},
		192: func(t *testing.T, s side) string {
			r := h2dial(t, s.serve(t, "h2=1"))
			r.begin(1, false, request("POST", "/post", "expect", "100-continue")...)
			for {
				f, err := r.fr.ReadFrame()
				if err != nil {
					return ending(err)
				}
				if _, ok := f.(*http2.HeadersFrame); ok {
					return ""
				}
			}
		},
		195: func(t *testing.T, s side) string {
			dir := t.TempDir()
			write(t, filepath.Join(dir, "page.txt"), "page")
			r := h2dial(t, s.serve(t, "h2=1", "mount="+dir))
			r.begin(1, false, request("POST", "/file/page.txt")...)
			got := r.seen(1) + "; " + r.seen(1) + "; " + r.seen(1)
			return differs(got, "open; open; open")
		},
		196: func(t *testing.T, s side) string {
			r := h2dial(t, s.serve(t, "h2=1"))
			r.begin(1, false, request("GET", "/hello")...)
			if got := r.whole(1); got != "200, data 5, end" {
				return got
			}
			_ = r.fr.WriteData(1, false, []byte("of no use"))
			return differs(r.seen(1), "reset 0")
		},
		197: func(t *testing.T, s side) string {
			r := h2dial(t, s.serve(t, "h2=1"))
			r.begin(1, true, request("GET", "/hello")...)
			if got := r.whole(1); got != "200, data 5, end" {
				return got
			}
			_ = r.fr.WriteWindowUpdate(1, 1<<31-1)
			return differs(r.seen(1), "reset 3")
		},
		198: func(t *testing.T, s side) string {
			p := s.serve(t, "h2=1")
			var got []string
			for _, x := range []struct {
				what string
				kv   []string
			}{
				{"two lengths", request("POST", "/post", "content-length", "4", "content-length", "5")},
				{"no number", request("POST", "/post", "content-length", "4x")},
				{"a space", request("GET", "/a b")},
				{"several Host", request("GET", "/hello", "host", "x", "host", "x")},
				{"no host", []string{":method", "GET", ":scheme", "http", ":path", "/hello", "host", "a b"}},
				{"another host", request("GET", "/hello", "host", "y")},
				{"CONNECT with a path", request("CONNECT", "/hello")},
			} {
				r := h2dial(t, p)
				r.begin(1, true, x.kv...)
				if s := r.whole(1); s != "reset 1" {
					got = append(got, x.what+": "+s)
				}
			}
			return strings.Join(got, "; ")
		},
	})
}
