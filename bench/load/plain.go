// SPDX-License-Identifier: MIT

package load

import (
	"bytes"
	"errors"
	"fmt"
	"net/netip"
	"runtime"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// sock is a connection of the epoll loop.
type sock struct {
	fd    int
	s     stream
	out   []byte // not sent yet
	begun []time.Time
	at    int // in begun, of the oldest
	open  int // requests that are not answered yet
}

func (c *sock) Close() error { return unix.Close(c.fd) }

// speaks are the path and the subprotocol of each kind of WebSocket.
var speaks = map[string][2]string{
	"ws": {"/echo", "echo"}, "connect": {"/echo", "echo"}, "mqtt": {"/mqtt", "mqtt"}, "janus": {"/", "janus-protocol"}, "tty": {"/ws", "tty"},
}

func (j *Job) webSocket() bool { return speaks[j.Kind][0] != "" }

func upgradeRequest(j *Job) string {
	s := speaks[j.Kind]
	r := "GET " + s[0] + " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: " + s[1] + "\r\n"
	if j.Deflate {
		r += "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"
	}
	return r + "\r\n"
}

var sources atomic.Int32 // connections made, to take the next address when ports run out

// dial connects (the loopback does so at once) from one of several addresses.
func dial(addr string) (int, error) {
	to, err := netip.ParseAddrPort(addr)
	if err != nil {
		return -1, err
	}
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	from := &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, byte(2 + sources.Add(1)/20000%200)}}
	_ = unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_BIND_ADDRESS_NO_PORT, 1)
	_ = unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)
	if err = unix.Bind(fd, from); err == nil {
		err = unix.Connect(fd, &unix.SockaddrInet4{Addr: to.Addr().As4(), Port: int(to.Port())})
	}
	if err != nil {
		unix.Close(fd)
		return -1, fmt.Errorf("connect to %s: %w", addr, err)
	}
	return fd, nil
}

// fdIO is a socket that is waited for.
type fdIO int

func (f fdIO) Read(b []byte) (n int, err error) {
	for {
		if n, err = unix.Read(int(f), b); err != unix.EINTR {
			return n, err
		}
	}
}

func (f fdIO) Write(b []byte) (n int, err error) {
	for {
		if n, err = unix.Write(int(f), b); err != unix.EINTR {
			return n, err
		}
	}
}

// open connects and, for WebSockets, upgrades, and settles what s has to.
func open(j *Job, s stream) (*sock, error) {
	fd, err := dial(j.Addr)
	if err != nil {
		return nil, err
	}
	c := &sock{fd: fd, s: s}
	_ = unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Sec: 10})
	if j.webSocket() {
		err = c.upgrade(j)
	}
	if g, ok := s.(greeter); ok && err == nil {
		err = g.greet(fdIO(fd))
	}
	if err == nil {
		err = unix.SetNonblock(fd, true)
	}
	if err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

func (c *sock) upgrade(j *Job) error {
	if _, err := fdIO(c.fd).Write([]byte(upgradeRequest(j))); err != nil {
		return err
	}
	var got []byte
	buf := make([]byte, 2048)
	for !bytes.HasSuffix(got, []byte("\r\n\r\n")) {
		n, err := fdIO(c.fd).Read(buf)
		if err != nil || n == 0 {
			return fmt.Errorf("upgrade: got %q and then %w", got, errors.Join(err, errors.New("the end")))
		}
		got = append(got, buf[:n]...)
	}
	return checkUpgrade(j, got)
}

func checkUpgrade(j *Job, got []byte) error {
	if !bytes.HasPrefix(got, []byte("HTTP/1.1 101")) {
		return fmt.Errorf("upgrade answered with %q", got)
	}
	if j.Deflate && !bytes.Contains(bytes.ToLower(got), []byte("permessage-deflate")) {
		return fmt.Errorf("no permessage-deflate: %q", got)
	}
	return nil
}

// newStream is what connection i says.
func newStream(j *Job, m *messages, i int) (stream, error) {
	switch j.Kind {
	case "mqtt":
		return newMQTT(m, i, false), nil
	case "janus":
		return newJanus(i), nil
	case "tty":
		return new(ttyStream), nil
	case "ws":
		return newWS(m, j.Deflate), nil
	case "raw":
		return &rawStream{asked: asked{requests: &m.frame}}, nil
	case "http":
		return newHTTP(j)
	}
	return nil, fmt.Errorf("no such kind of load: %q", j.Kind)
}

// runPlain serves all connections from this thread.
func runPlain(j *Job) (Result, error) {
	runtime.LockOSThread()
	ep, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return Result{}, err
	}
	defer unix.Close(ep)
	m := newMessages(j)
	all := make([]*sock, j.Conns)
	defer func() {
		for _, c := range all {
			if c != nil {
				c.Close()
			}
		}
	}()
	if err := inParallel(j.Conns, j.atOnce(), func(i int) error {
		s, err := newStream(j, m, i)
		if err != nil {
			return err
		}
		c, err := open(j, s)
		if err == nil {
			all[i] = c
		}
		return err
	}); err != nil {
		return Result{}, err
	}
	for i, c := range all {
		c.begun = make([]time.Time, max(1, j.InFlight))
		if err := unix.EpollCtl(ep, unix.EPOLL_CTL_ADD, c.fd, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(i)}); err != nil {
			return Result{}, err
		}
	}
	w := newWindow(j)
	for i, c := range all {
		if err := c.ask(ep, i, len(c.begun), time.Now()); err != nil {
			return Result{}, err
		}
	}
	events := make([]unix.EpollEvent, 256)
	buf := make([]byte, 256<<10)
	stop := time.Now().Add(j.Warm + j.Window + 20*time.Second)
	for w.err == nil && (!w.over || unanswered(all) >= 0) {
		n, err := unix.EpollWait(ep, events, 1000)
		if err != nil && err != unix.EINTR {
			return Result{}, err
		}
		now := time.Now()
		w.tick(now)
		if now.After(stop) {
			return Result{}, fmt.Errorf("connection %d is not answered any more", unanswered(all))
		}
		for _, e := range events[:max(n, 0)] {
			if err := all[e.Fd].event(ep, int(e.Fd), e.Events, buf, w); err != nil {
				return Result{}, fmt.Errorf("connection %d: %w", e.Fd, err)
			}
		}
	}
	return w.result()
}

// unanswered is a connection that still waits for something, or -1. The window is not over
// before all have what they asked for: one that is forgotten is noticed.
func unanswered(all []*sock) int {
	return slices.IndexFunc(all, func(c *sock) bool { return c.open > 0 })
}

func (c *sock) event(ep, id int, what uint32, buf []byte, w *window) error {
	if what&unix.EPOLLOUT != 0 {
		if err := c.flush(ep, id); err != nil {
			return err
		}
	}
	if what&^unix.EPOLLOUT == 0 {
		return nil
	}
	n, err := unix.Read(c.fd, buf)
	if err == unix.EAGAIN {
		return nil
	}
	if err != nil || n == 0 {
		return fmt.Errorf("closed by the server (%v)", err)
	}
	done, err := c.s.feed(buf[:n])
	if err != nil || done == 0 {
		return err
	}
	now := time.Now()
	c.open -= done
	for range done {
		w.done(c.begun[c.at], now)
		c.at = (c.at + 1) % len(c.begun)
	}
	c.at = (c.at - done%len(c.begun) + len(c.begun)) % len(c.begun)
	if w.over {
		return nil
	}
	return c.ask(ep, id, done, now)
}

// ask sends n more requests in one piece, in place of the n oldest.
func (c *sock) ask(ep, id, n int, now time.Time) error {
	if n == 1 && len(c.out) == 0 {
		return c.write(ep, id, c.note(now))
	}
	for range n {
		c.out = append(c.out, c.note(now)...)
	}
	b := c.out
	c.out = c.out[:0]
	return c.write(ep, id, b)
}

func (c *sock) note(now time.Time) []byte {
	c.begun[c.at] = now
	c.at = (c.at + 1) % len(c.begun)
	b := c.s.next()
	if b != nil {
		c.open++
	}
	return b
}

// write sends what it can and keeps the rest.
func (c *sock) write(ep, id int, b []byte) error {
	if len(b) == 0 {
		return nil
	}
	n, err := unix.Write(c.fd, b)
	if err == unix.EAGAIN {
		n, err = 0, nil
	}
	if err != nil || n == len(b) {
		return err
	}
	c.out = append(c.out[:0:0], b[n:]...)
	return unix.EpollCtl(ep, unix.EPOLL_CTL_MOD, c.fd, &unix.EpollEvent{Events: unix.EPOLLIN | unix.EPOLLOUT, Fd: int32(id)})
}

func (c *sock) flush(ep, id int) error {
	n, err := unix.Write(c.fd, c.out)
	if err == unix.EAGAIN {
		return nil
	}
	if err != nil {
		return err
	}
	if c.out = c.out[n:]; len(c.out) > 0 {
		return nil
	}
	c.out = nil
	return unix.EpollCtl(ep, unix.EPOLL_CTL_MOD, c.fd, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(id)})
}
