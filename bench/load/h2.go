// SPDX-License-Identifier: MIT

package load

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"fmt"
	"strconv"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// h2Room is what we take from the server before it has to wait: a window's run.
const h2Room = 1 << 30

var h2Config = &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}}

// lane is one of the streams that a connection has at a time: POSTs follow each
// other there, or messages of one WebSocket.
type lane struct {
	id      uint32
	window  int64 // of the stream, for what we send
	begun   time.Time
	variant int
	off     int // in the answer to a POST
	status  string
	ws      *wsStream
}

// h2conn is a connection with its lanes, served by one goroutine.
type h2conn struct {
	j     *Job
	m     *messages
	t     *team
	br    *bufio.Reader
	bw    *bufio.Writer
	fr    *http2.Framer
	dec   *hpack.Decoder
	lanes map[uint32]*lane
	last  uint32

	window, initial int64   // of the connection; of a new stream
	waiting         []*lane // for the connection's window
	block           []byte  // header block of each request
	status          string
	over            bool
}

// runH2 has Conns connections with Streams streams each over TLS: POSTs that are
// answered with what they brought, or WebSockets (RFC 8441) that echo.
func runH2(j *Job) (Result, error) {
	m := newMessages(j)
	all := make([]*h2conn, j.Conns)
	for i := range all {
		raw, err := tls.Dial("tcp", j.Addr, h2Config)
		if err != nil {
			return Result{}, fmt.Errorf("connection %d: %w", i, err)
		}
		defer raw.NetConn().Close()
		_ = raw.SetDeadline(time.Now().Add(j.Warm + j.Window + 20*time.Second))
		if all[i], err = openH2(raw, j, m); err != nil {
			return Result{}, fmt.Errorf("connection %d: %w", i, err)
		}
	}
	return runTeam(j, j.Conns, func(t *team, i int) error { return all[i].run(t) })
}

// openH2 sends what a connection begins with, and reads the server's settings.
func openH2(raw *tls.Conn, j *Job, m *messages) (*h2conn, error) {
	if p := raw.ConnectionState().NegotiatedProtocol; p != "h2" {
		return nil, fmt.Errorf("the server speaks %q", p)
	}
	c := &h2conn{j: j, m: m, br: bufio.NewReaderSize(raw, 64<<10), bw: bufio.NewWriterSize(raw, 64<<10),
		lanes: map[uint32]*lane{}, window: 65535, initial: 65535, last: 1}
	c.fr = http2.NewFramer(c.bw, c.br)
	c.fr.SetReuseFrames()
	c.dec = hpack.NewDecoder(4096, func(f hpack.HeaderField) {
		if f.Name == ":status" {
			c.status = f.Value
		}
	})
	var b bytes.Buffer
	e := hpack.NewEncoder(&b)
	e.SetMaxDynamicTableSize(0) // each block stands on its own
	for _, f := range c.head() {
		if err := e.WriteField(hpack.HeaderField{Name: f[0], Value: f[1]}); err != nil {
			return nil, err
		}
	}
	c.block = b.Bytes()
	_, _ = c.bw.WriteString(http2.ClientPreface)
	if err := c.fr.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: h2Room},
		http2.Setting{ID: http2.SettingEnablePush, Val: 0}); err != nil {
		return nil, err
	}
	if err := c.fr.WriteWindowUpdate(0, h2Room); err != nil {
		return nil, err
	}
	if err := c.bw.Flush(); err != nil {
		return nil, err
	}
	f, err := c.fr.ReadFrame()
	if err != nil {
		return nil, err
	}
	s, ok := f.(*http2.SettingsFrame)
	if !ok {
		return nil, fmt.Errorf("the server begins with %v", f)
	}
	if n, ok := s.Value(http2.SettingMaxConcurrentStreams); ok && int(n) < j.Streams {
		return nil, fmt.Errorf("the server has %d streams at the most", n)
	}
	if n, _ := s.Value(http2.SettingEnableConnectProtocol); j.Kind == "h2ws" && n != 1 {
		return nil, fmt.Errorf("the server has no WebSockets on streams")
	}
	if n, ok := s.Value(http2.SettingInitialWindowSize); ok {
		c.initial = int64(n)
	}
	return c, c.fr.WriteSettingsAck()
}

func (c *h2conn) head() [][2]string {
	if c.j.Kind == "h2ws" {
		return [][2]string{{":method", "CONNECT"}, {":protocol", "websocket"}, {":scheme", "https"}, {":authority", "localhost"},
			{":path", "/echo"}, {"sec-websocket-version", "13"}, {"sec-websocket-protocol", "echo"}}
	}
	return [][2]string{{":method", "POST"}, {":scheme", "https"}, {":authority", "localhost"}, {":path", c.j.Path},
		{"content-type", "application/octet-stream"}, {"content-length", strconv.Itoa(c.j.Size)}}
}

// run keeps the lanes busy until the window is over.
func (c *h2conn) run(t *team) error {
	c.t = t
	for i := range c.j.Streams {
		if err := c.begin(&lane{variant: i % variants}); err != nil {
			return err
		}
	}
	for !c.over {
		if c.br.Buffered() == 0 {
			if err := c.bw.Flush(); err != nil {
				return err
			}
		}
		f, err := c.fr.ReadFrame()
		if err != nil {
			return err
		}
		if err := c.frame(f); err != nil {
			return err
		}
	}
	return nil
}

// begin opens a stream for a lane; a POST's body goes with it.
func (c *h2conn) begin(l *lane) error {
	post := c.j.Kind == "h2post"
	if post && c.window < int64(c.j.Size) {
		c.waiting = append(c.waiting, l)
		return nil
	}
	l.id, l.window, l.status, l.off, l.begun = c.last, c.initial, "", 0, time.Now()
	c.last += 2
	c.lanes[l.id] = l
	if err := c.fr.WriteHeaders(http2.HeadersFrameParam{StreamID: l.id, BlockFragment: c.block, EndHeaders: true}); err != nil {
		return err
	}
	if !post {
		return nil
	}
	l.variant = (l.variant + 1) % variants
	c.window -= int64(c.j.Size)
	if err := c.fr.WriteData(l.id, true, c.m.payload[l.variant]); err != nil {
		return err
	}
	// In a record of its own: Debian's takes what follows a body in one for more of it.
	return c.bw.Flush()
}

// say sends a WebSocket's next message.
func (c *h2conn) say(l *lane) error {
	n := int64(len(c.m.frame[l.ws.sent%variants]))
	if c.window < n || l.window < n {
		c.waiting = append(c.waiting, l)
		return nil
	}
	c.window -= n
	l.window -= n
	l.begun = time.Now()
	return c.fr.WriteData(l.id, false, l.ws.next())
}

// goOn has lanes that lacked a window try again.
func (c *h2conn) goOn() error {
	w := c.waiting
	c.waiting = nil
	for _, l := range w {
		again := c.begin
		if l.ws != nil {
			again = c.say
		}
		if err := again(l); err != nil {
			return err
		}
	}
	return nil
}

func (c *h2conn) frame(f http2.Frame) error {
	l := c.lanes[f.Header().StreamID]
	switch f := f.(type) {
	case *http2.SettingsFrame:
		if !f.IsAck() {
			return c.fr.WriteSettingsAck()
		}
	case *http2.PingFrame:
		return c.fr.WritePing(true, f.Data)
	case *http2.WindowUpdateFrame:
		if f.StreamID == 0 {
			c.window += int64(f.Increment)
		} else if l != nil {
			l.window += int64(f.Increment)
		}
		return c.goOn()
	case *http2.GoAwayFrame:
		return fmt.Errorf("GOAWAY %v %q", f.ErrCode, f.DebugData())
	case *http2.RSTStreamFrame:
		return fmt.Errorf("stream %d was reset: %v", f.StreamID, f.ErrCode)
	case *http2.HeadersFrame:
		if l == nil || !f.HeadersEnded() {
			return fmt.Errorf("unexpected %v", f)
		}
		if _, err := c.dec.Write(f.HeaderBlockFragment()); err != nil {
			return err
		}
		if l.status = c.status; l.status != "200" || f.StreamEnded() {
			return fmt.Errorf("stream %d: status %q, ended: %t", f.StreamID, l.status, f.StreamEnded())
		}
		if c.j.Kind == "h2ws" {
			l.ws = newWS(c.m, false)
			return c.say(l)
		}
	case *http2.DataFrame:
		if l == nil || l.status == "" {
			return fmt.Errorf("unexpected %v", f)
		}
		if l.ws != nil {
			return c.echoed(l, f)
		}
		return c.answered(l, f)
	}
	return nil
}

func (c *h2conn) echoed(l *lane, f *http2.DataFrame) error {
	done, err := l.ws.feed(f.Data())
	if err != nil || done == 0 {
		return err
	}
	if c.over = !c.t.done(l.begun); c.over {
		return nil
	}
	return c.say(l)
}

// answered compares what is answered to a POST with what it brought.
func (c *h2conn) answered(l *lane, f *http2.DataFrame) error {
	want := c.m.payload[l.variant]
	n := len(f.Data())
	if l.off+n > len(want) || !bytes.Equal(f.Data(), want[l.off:l.off+n]) {
		return errBytes
	}
	if l.off += n; !f.StreamEnded() {
		return nil
	}
	if l.off != len(want) {
		return errBytes
	}
	delete(c.lanes, l.id)
	if c.over = !c.t.done(l.begun); c.over {
		return nil
	}
	return c.begin(l)
}
