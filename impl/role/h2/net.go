// SPDX-License-Identifier: MIT

// Package h2 is the role of HTTP/2 connections (RFC 9113): a network
// connection and the streams that it carries, each a connection of its own to
// the program. What a request means is the h1 role's to say, as for HTTP/1.
package h2

import (
	"bytes"
	"errors"

	"golang.org/x/net/http2/hpack"

	"libwebsockets/impl/engine"
	wire "libwebsockets/impl/wire/h2"
)

// Net is the state of a network connection.
type Net struct {
	c      *engine.Conn
	client bool

	preface string // what of the peer's preface is still to come
	twice   bool   // the preface came again, as the reference's clients sometimes send it
	settled bool   // the peer's first SETTINGS frame has come
	// Settled is called when it has; false closes.
	Settled func(n *Net) bool
	// FixOverflow: the peer's windows may become too large (LCCSCF_H2_QUIRK_OVERFLOWS_TXCR).
	FixOverflow bool
	// Owner is whom a client's connection works for.
	Owner Owner

	dec       wire.Decoder
	hdec      *hpack.Decoder
	block     block
	our, peer [wire.SettingCount]uint32

	streams []*Stream // oldest first
	turn    int       // where the next round of sending begins
	cur     *Stream   // of the DATA frame that is coming
	last    uint32    // the highest stream that the peer opened
	next    uint32    // client: our next stream
	past    [32]past  // the streams that ended last
	pastAt  int

	tx    wire.Window
	rx    int64 // what the peer may still send
	est   int64 // the same as programs are told
	piece int   // how much of one stream is sent at a time, 0: no limit

	limits   limits
	goneAway bool // GOAWAY was sent
	leaving  bool // GOAWAY was received
	ending   bool // the connection dies
	lost     bool // the peer is gone, but streams keep what it sent
}

// connWindow is what a peer may send on a connection at a time, streamWindow
// what it may on a stream, as the reference gives it.
const (
	connWindow   = 1 << 20
	streamWindow = 4 * 65536
)

// firstStream is the number of a client's first stream, as the reference's.
const firstStream = 3

// NetOf is the state of a network connection, nil for others.
func NetOf(c *engine.Conn) *Net {
	n, _ := c.Data.(*Net)
	return n
}

// start makes c, which is connected, speak HTTP/2.
func start(c *engine.Conn, client bool) *Net {
	n := &Net{c: c, client: client, our: settingsOf(c.Vhost, client), peer: wire.Defaults, next: firstStream,
		tx: wire.DefaultWindow, rx: wire.DefaultWindow}
	n.dec.MaxFrame = n.our[wire.MaxFrameSize]
	n.hdec = hpack.NewDecoder(n.our[wire.HeaderTableSize], n.field)
	n.hdec.SetMaxStringLength(maxBlock)
	n.limits.init()
	c.Data = n
	c.SetRole(NetRole)
	c.SetState(engine.StateEstablished)
	if !client {
		n.preface = wire.Preface
		n.FixOverflow = c.Vhost.Options.Has(optFixWindowOverflow)
		c.SetState(engine.StateAwaitingPreface)
	}
	return n
}

// stock are the settings that we announce unless the program says otherwise.
var stock = func() [wire.SettingCount]uint32 {
	s := wire.Defaults
	s[wire.HeaderTableSize] = 65536
	s[wire.EnablePush] = 0
	s[wire.MaxConcurrentStreams] = 24
	s[wire.InitialWindowSize] = 0
	s[wire.MaxHeaderListSize] = 4096
	s[wire.EnableConnectProtocol] = 1
	return s
}()

// settingsOf are the settings of the vhost: the program's array (its first
// element says that it is one) goes up to MAX_FRAME_SIZE. A server's requests may begin
// with their bodies: where the first window is 0, and the update of it comes later than the
// client has something to send, libcurl's uploads of unknown length lose what that was.
func settingsOf(v *engine.Vhost, client bool) [wire.SettingCount]uint32 {
	s := stock
	if !client {
		s[wire.InitialWindowSize] = streamWindow
	}
	if own := v.HTTP2Settings; own[0] != 0 {
		for i := wire.HeaderTableSize; i <= wire.MaxFrameSize; i++ {
			s[i] = own[i]
		}
		s[wire.MaxFrameSize] = min(max(s[wire.MaxFrameSize], wire.MinMaxFrame), wire.MaxMaxFrame)
		s[wire.InitialWindowSize] = min(s[wire.InitialWindowSize], wire.MaxWindow)
		s[wire.EnablePush] = 0 // we never push, and take none
	}
	return s
}

// announce sends our settings: those that differ from the protocol's defaults.
func (n *Net) announce() bool {
	var l []wire.Setting
	for i := wire.HeaderTableSize; i < wire.SettingCount; i++ {
		if n.our[i] != wire.Defaults[i] {
			l = append(l, wire.Setting{ID: i, Value: n.our[i]})
		}
	}
	b := wire.AppendSettings(nil, l...)
	if n.client {
		b = append([]byte(wire.Preface), b...)
	}
	return n.c.Issue(b) && n.creditConn()
}

// Readable reads once and acts on what came.
func (n *Net) readable() bool {
	c := n.c
	if k := c.Kept(); len(k) > 0 {
		k = append([]byte(nil), k...)
		c.Consume(len(k))
		return n.receive(k)
	}
	b := c.PT().Buf[:c.Ctx.ServBufSize]
	k, err := c.Read(b)
	if errors.Is(err, engine.ErrAgain) {
		return true
	}
	if err != nil {
		return n.loses()
	}
	return n.receive(b[:k])
}

// loses is called when the peer has gone: what keeps nothing of it ends, the rest when it
// has handed that out. false closes.
func (n *Net) loses() bool {
	if n.lost = n.c.Outlast(); !n.lost {
		return false
	}
	for _, st := range append([]*Stream(nil), n.streams...) {
		if !st.owes() && !st.c.Dead() && !n.ending {
			st.kill()
		}
	}
	return true
}

// receive takes bytes of the peer; false closes.
func (n *Net) receive(b []byte) bool {
	if !n.client && !n.settled && !n.twice && n.preface == "" && bytes.HasPrefix(b, []byte(wire.Preface[:3])) {
		n.twice, n.preface = true, wire.Preface // no frame begins like that
	}
	if n.preface != "" {
		k := min(len(b), len(n.preface))
		if string(b[:k]) != n.preface[:k] {
			return n.fail(wire.ErrPreface)
		}
		b, n.preface = b[k:], n.preface[k:]
		if n.preface != "" {
			return true
		}
		if n.twice {
			return n.receive(b)
		}
		n.c.SetState(engine.StateEstablished)
		n.c.Valid()
		n.idle()
		if !n.announce() {
			return false
		}
		return n.receive(b)
	}
	for len(b) > 0 && !n.ending {
		used, ev, have, err := n.dec.Next(b)
		b = b[used:]
		if err == nil && have {
			err = n.event(&ev)
		}
		if err != nil && !n.failed(err) {
			return false
		}
		if n.c.Dead() || n.c.Closing() {
			return true
		}
	}
	if n.c.Dead() || n.ending {
		return true
	}
	return !n.over()
}

// failed ends what an error is about; false closes the connection.
func (n *Net) failed(err error) bool {
	if n.ending || n.c.Dead() {
		return true
	}
	var e *wire.Error
	if !errors.As(err, &e) {
		return false
	}
	if e.Stream == 0 {
		return n.fail(e)
	}
	engine.Infof("%s: %v", n.c, e)
	n.rst(e.Stream, e.Code)
	if st := n.stream(e.Stream); st != nil {
		st.resetDone = true
		st.kill()
	}
	return n.limits.resets.take(n, "streams that break the protocol")
}

// fail says goodbye because of an error, and closes.
func (n *Net) fail(e *wire.Error) bool {
	engine.Infof("%s: ends: %v", n.c, e)
	n.goAway(e.Code, e.Reason)
	n.c.SetLinger()
	return false
}

func (n *Net) goAway(code wire.Code, text string) {
	if n.goneAway {
		return
	}
	n.goneAway = true
	n.c.Issue(wire.AppendGoAway(nil, n.last, code, text))
}

// rst resets a stream; what the peer sent before it knows is no error.
func (n *Net) rst(stream uint32, code wire.Code) {
	n.note(past{id: stream, reset: true})
	n.c.Issue(wire.AppendRstStream(nil, stream, code))
}

func (n *Net) stream(id uint32) *Stream {
	for _, st := range n.streams {
		if st.id == id {
			return st
		}
	}
	return nil
}

// opened tells whether the stream has ever been: the others are idle.
func (n *Net) opened(id uint32) bool {
	if n.client == (id&1 == 1) { // of our own
		return n.client && id < n.next
	}
	return id <= n.last
}

// idleSecs is how long a connection without streams is kept when the vhost
// does not say.
const idleSecs = 31

// idle starts the time that a connection may be without a stream.
func (n *Net) idle() {
	c := n.c
	if n.client && !n.settled {
		return
	}
	if len(n.streams) > 0 {
		c.SetTimeout(engine.NoPendingTimeout, 0)
		return
	}
	secs := c.Vhost.KeepaliveSecs
	if secs == 0 {
		secs = idleSecs
	}
	c.SetTimeout(engine.TimeoutKeepaliveIdle, secs)
}

// over tells whether the connection has nothing more to do: a peer that goes
// away opens no further streams.
func (n *Net) over() bool {
	return (n.leaving || n.spent()) && len(n.streams) == 0 || n.lost && !n.owes()
}

// owes tells whether a stream keeps what came, for when its program takes it.
func (n *Net) owes() bool {
	for _, st := range n.streams {
		if st.owes() {
			return true
		}
	}
	return false
}

// leaveOver closes the connection, at the end of the turn, when it is over.
func (n *Net) leaveOver() {
	if n.ending || !n.over() {
		return
	}
	n.c.PT().Later(func() {
		if !n.c.Dead() && n.over() {
			n.c.Close(engine.CloseNoStatus)
		}
	})
}

// roleNet is the role of network connections.
type roleNet struct{}

var (
	_ engine.Carrier   = roleNet{}
	_ engine.Polled    = roleNet{}
	_ engine.Keepalive = roleNet{}
)

// NetRole is the one value of the role.
var NetRole engine.Role = roleNet{}

func (roleNet) Name() string { return "h2" }

func (roleNet) Reasons(client bool) *engine.Reasons { return reasonsOf(client) }

func (roleNet) Readable(c *engine.Conn) bool { return NetOf(c).readable() }

// Writeable goes on sending; the program has no WRITEABLE of a network connection.
func (roleNet) Writeable(c *engine.Conn) bool {
	NetOf(c).pump()
	return true
}

// Writable handles POLLOUT.
func (roleNet) Writable(c *engine.Conn) bool {
	n := NetOf(c)
	c.WantOut = false
	n.pump()
	c.TouchPoll()
	return true
}

// Write is refused: only streams carry data.
func (roleNet) Write(c *engine.Conn, _ engine.Payload, _ engine.WriteProtocol) int {
	engine.Errf("%s: lws_write on the network connection of HTTP/2 streams", c)
	return -1
}

// CloseVia says goodbye.
func (roleNet) CloseVia(c *engine.Conn, _ engine.CloseStatus) bool {
	NetOf(c).leave()
	return false
}

// leave closes the streams and says goodbye.
func (n *Net) leave() {
	n.endStreams()
	if n.preface == "" {
		n.goAway(wire.NoError, "")
	}
}

// Owes tells whether a stream keeps something.
func (roleNet) Owes(c *engine.Conn) bool { return NetOf(c).owes() }

// Ending closes the streams before the connection. With the context it ends
// without CloseVia.
func (roleNet) Ending(c *engine.Conn, status engine.CloseStatus) {
	n := NetOf(c)
	if status == engine.CloseNoStatusContextDestroy {
		n.leave()
	} else {
		n.endStreams()
	}
	if o := n.Owner; o != nil {
		n.Owner = nil
		o.Gone(n)
	}
}

func (roleNet) Gone(*engine.Conn) {}

// Ping asks the peer for a sign of life.
func (roleNet) Ping(c *engine.Conn) bool {
	return c.Issue(wire.AppendPing(nil, false, [8]byte{}))
}

// endStreams closes all streams with their connection, the oldest first.
func (n *Net) endStreams() {
	n.ending = true
	for len(n.streams) > 0 {
		st := n.streams[0]
		st.kill()
		if len(n.streams) > 0 && n.streams[0] == st { // it was dead already
			n.streams = n.streams[1:]
		}
	}
}
