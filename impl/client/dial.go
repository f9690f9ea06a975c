// SPDX-License-Identifier: MIT

package client

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/role/listen"
	"libwebsockets/impl/role/raw"
)

// secondUS is a second in the timers' unit.
const secondUS = 1_000_000

// begin looks for a connection to share, else finds out the addresses. false:
// it failed and the connection is closed.
func (s *State) begin(c *engine.Conn) bool {
	c.Monitor = new(engine.Monitor)
	if s.join(c) {
		return !c.Dead()
	}
	s.activate(c)
	s.addrs, s.next, s.lastErr = nil, 0, ""
	host, port := s.info.Address, s.info.Port
	if s.unix = strings.HasPrefix(host, "+"); s.unix {
		return s.dial(c)
	}
	switch v := c.Vhost; {
	case v.HTTPProxyPort != 0:
		host, port = v.HTTPProxy, v.HTTPProxyPort
	case v.SocksPort != 0:
		host, port = v.Socks, v.SocksPort
	}
	c.Monitor.Begin()
	if a, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		s.lookedUp(c, []netip.Addr{a}, nil)
		s.addrs = []netip.AddrPort{netip.AddrPortFrom(a, uint16(port))}
		return s.dial(c)
	}
	c.SetState(engine.StateWaitingDNS)
	c.SetBusy("looking up " + host)
	c.SetTimeout(engine.TimeoutAwaitingConnect, c.Vhost.ConnectSecs)
	s.lookUp(c, host, port)
	return true
}

// lookUp finds out the name's addresses.
func (s *State) lookUp(c *engine.Conn, host string, port int) {
	s.search.Cancel()
	s.search = c.PT().Search(host, func(l []netip.Addr, err error) {
		c.WhenMade(func() {
			if !c.Dead() && c.State() == engine.StateWaitingDNS {
				s.resolved(c, host, port, l, err)
			}
		})
	})
}

// resolved goes on when the name's addresses are known. Where they can only be known
// later, they are asked for again until the time to connect is over.
func (s *State) resolved(c *engine.Conn, host string, port int, l []netip.Addr, err error) {
	s.lookedUp(c, l, err)
	var unknown interface{ NoSuchName() bool }
	if err != nil && c.Ctx.ABI.Client.RetriesLookup && !(errors.As(err, &unknown) && unknown.NoSuchName()) {
		engine.Noticef("%s: %s: %v, asked again in a second", c, host, err)
		s.attempt.Fire = func(int64) {
			if c.State() == engine.StateWaitingDNS {
				s.lookUp(c, host, port)
			}
		}
		c.PT().SetTimer(&s.attempt, engine.Now()+secondUS)
		return
	}
	if err != nil {
		fail(c, fmt.Sprintf("%s: %s: %v", c.Ctx.ABI.Client.Errors.NoName, host, err))
		return
	}
	for _, a := range l {
		s.addrs = append(s.addrs, netip.AddrPortFrom(a, uint16(port)))
	}
	s.dial(c)
}

// lookedUp notes what the lookup came to.
func (s *State) lookedUp(c *engine.Conn, l []netip.Addr, err error) {
	m := c.Monitor
	m.End(&m.DNS)
	var e interface{ Unreachable() bool }
	switch {
	case err == nil:
		m.Lookup = engine.LookupOK
		if s.info.Flags&ConMon != 0 {
			m.Found = l
		}
	case errors.As(err, &e) && e.Unreachable():
		m.Lookup = engine.LookupUnreachable
	default:
		m.Lookup = engine.LookupNoResult
	}
}

// dial tries the next addresses until one connects or may yet. false: there
// is none left, and the connection is closed.
func (s *State) dial(c *engine.Conn) bool {
	c.PT().DropTimer(&s.attempt)
	if s.unix {
		if s.next == 0 {
			s.next++
			return s.try(c, unix.AF_UNIX, &unix.SockaddrUnix{Name: s.info.Address[1:]}, s.info.Address[1:])
		}
		return s.exhausted(c)
	}
	v := c.Vhost
	v6 := !v.Options.Has(engine.OptDisableIPv6) && !c.Ctx.Options.Has(engine.OptDisableIPv6)
	if a, err := netip.ParseAddr(s.info.Iface); err == nil && a.Is4() {
		v6 = false
	}
	for s.next < len(s.addrs) {
		a := s.addrs[s.next]
		s.next++
		if a.Addr().Is6() && !v6 {
			s.lastErr = fmt.Sprintf("%s: %s: IPv6 is disabled", unable, a.Addr())
			continue
		}
		family, sa := s.sockaddr(v, a)
		c.Monitor.Peer = a
		return s.try(c, family, sa, a.Addr().String())
	}
	return s.exhausted(c)
}

// unable is what there is to say of an attempt that came to nothing at once.
const unable = "Unable to connect"

func (s *State) exhausted(c *engine.Conn) bool {
	text := s.lastErr
	if text == "" {
		text = unable
	}
	fail(c, text)
	return false
}

func (s *State) sockaddr(v *engine.Vhost, a netip.AddrPort) (family int, sa unix.Sockaddr) {
	only := v.Options.Has(engine.OptV6OnlyModify | engine.OptV6OnlyValue)
	if a.Addr().Is4() && !only {
		return unix.AF_INET, &unix.SockaddrInet4{Port: int(a.Port()), Addr: a.Addr().As4()}
	}
	return unix.AF_INET6, &unix.SockaddrInet6{Port: int(a.Port()), Addr: a.Addr().As16(), ZoneId: listen.ScopeOf(a.Addr().Zone())}
}

var errLimit = errors.New("the connection limit (fd_limit_per_thread) is reached")

// errLoop: check_client_connect_ok or sock_accept of the program's own event loop.
var errLoop = errors.New("the program's event loop refuses it")

// errPoll: ADD_POLL_FD, or the lock around it.
var errPoll = errors.New("the program does not poll it")

// try connects to one address, then to the next ones if that fails at once.
func (s *State) try(c *engine.Conn, family int, sa unix.Sockaddr, name string) bool {
	if c.PT().Full() {
		engine.Errf("%s: no connection to %s: %v", c, name, errLimit)
		return s.failed(c, unable, name, errLimit)
	}
	if !c.MayConnect() {
		return s.failed(c, "waiting for event loop watcher to close", name, errLoop)
	}
	fd, words, err := s.socket(c, family)
	if err != nil {
		return s.failed(c, words, name, err)
	}
	c.SetState(engine.StateWaitingConnect)
	c.SetTimeout(engine.TimeoutAwaitingConnect, c.Vhost.ConnectSecs)
	c.SetBusy("connecting to " + name)
	if !tellConnecting(c, fd) {
		unix.Close(fd)
		return false
	}
	c.Monitor.Begin()
	if !c.JoinLoop(fd) {
		if c.Dead() {
			return false
		}
		return s.failed(c, "conn fail: sock accept", name, errLoop)
	}
	err = unix.Connect(fd, sa)
	if err != nil && err != unix.EINPROGRESS {
		return s.failed(c, unable, name, err)
	}
	c.NoRead, c.WantOut = true, err != nil
	if !c.Poll(fd) {
		if c.Dead() {
			return false
		}
		return s.failed(c, "conn fail: insert fd", name, errPoll)
	}
	if err == nil {
		s.connected(c)
		return !c.Dead()
	}
	s.attempt.Fire = func(int64) {
		if c.State() == engine.StateWaitingConnect {
			engine.Infof("%s: no connection to %s in %d s", c, name, c.Ctx.TimeoutSecs)
			s.failed(c, unable, name, unix.ETIMEDOUT)
		}
	}
	c.PT().SetTimer(&s.attempt, engine.Now()+int64(c.Ctx.TimeoutSecs)*secondUS)
	return true
}

// tellConnecting tells a program of v4.3 of the socket that is going to be
// connected; false: the connection is closed.
func tellConnecting(c *engine.Conn, fd int) bool {
	if !c.Ctx.ABI.Client.Connecting {
		return true
	}
	c.F.FD = int32(fd)
	n := c.Call(engine.ReasonConnecting, unsafe.Add(nil, fd), 0)
	c.F.FD = -1
	if n != 0 && !c.Dead() {
		engine.Infof("%s: CONNECTING refused", c)
		c.Close(engine.CloseNoStatus)
	}
	return !c.Dead()
}

// failed notes why an address did not do, with the words for that, and tries the next one.
func (s *State) failed(c *engine.Conn, words, name string, err error) bool {
	engine.Infof("%s: %s port %d: %v", c, name, s.info.Port, err)
	var number unix.Errno
	errors.As(err, &number)
	s.lastErr = fmt.Sprintf("%s: %s: %v", engine.Numbered(words, int(number)), name, err)
	c.Monitor.Peer = netip.AddrPort{}
	c.Disconnect()
	if c.Dead() {
		return false
	}
	return s.dial(c)
}

// socket makes the socket and binds it to the interface, if one is given. What it
// cannot do it says in the ABI's words as well.
func (s *State) socket(c *engine.Conn, family int) (fd int, words string, err error) {
	e := &c.Ctx.ABI.Client.Errors
	fd, err = unix.Socket(family, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return -1, e.Socket, fmt.Errorf("socket: %w", err)
	}
	s.ask(c, fd)
	if family == unix.AF_UNIX {
		return fd, "", nil
	}
	words = e.Options
	if err = listen.SetOptions(c.Vhost, fd); err == nil && s.info.Iface != "" {
		words, err = e.Bind, bindTo(c, fd, s.info.Iface, family == unix.AF_INET6)
	}
	if err != nil {
		unix.Close(fd)
		return -1, words, err
	}
	return fd, "", nil
}

// services are what the network can be asked for: LCCSCF_IP_…, and the type of service
// (RFC 1349 §4). The last one counts.
var services = [...]struct {
	flag Flags
	tos  int
}{{1 << 24, 0x10}, {1 << 25, 0x08}, {1 << 26, 0x04}, {1 << 27, 0x02}}

// ask sets the priority and the service that the connection is to have.
func (s *State) ask(c *engine.Conn, fd int) {
	if p := s.info.Priority; p != 0 {
		if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_PRIORITY, p); err != nil {
			engine.Warnf("%s: priority %d: %v", c, p, err)
		}
	}
	for _, x := range services {
		if s.info.Flags&x.flag == 0 {
			continue
		}
		if err := unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_TOS, x.tos); err != nil {
			engine.Warnf("%s: type of service %#x: %v", c, x.tos, err)
		}
	}
}

func bindTo(c *engine.Conn, fd int, iface string, v6 bool) error {
	a, err := listen.InterfaceAddr(iface, v6, c.Ctx.ABI.FamilySockets)
	if err != nil {
		return err
	}
	var sa unix.Sockaddr = &unix.SockaddrInet4{Addr: a.Unmap().As4()}
	if v6 {
		sa = &unix.SockaddrInet6{Addr: a.As16(), ZoneId: listen.ScopeOf(a.Zone())}
	}
	if err := unix.Bind(fd, sa); err != nil {
		return fmt.Errorf("bind to %s: %w", iface, err)
	}
	return nil
}

// connectEvent finds out what became of the attempt.
func (s *State) connectEvent(c *engine.Conn) {
	e, err := unix.GetsockoptInt(c.FD(), unix.SOL_SOCKET, unix.SO_ERROR)
	if err == nil && e != 0 {
		err = unix.Errno(e)
	}
	if err != nil {
		name := strings.TrimPrefix(c.Busy(), "connecting to ")
		s.failed(c, c.Ctx.ABI.Client.Errors.Refused, name, err)
		return
	}
	s.connected(c)
}

// connected goes on when the socket is connected.
func (s *State) connected(c *engine.Conn) {
	c.Monitor.End(&c.Monitor.Connect)
	c.PT().DropTimer(&s.attempt)
	c.WantOut, c.NoRead = false, false
	c.TouchPoll()
	if c.Protocol != nil {
		c.Call(engine.ReasonWSICreate, nil, 0)
	}
	if c.Dead() {
		return
	}
	c.SetBusy("")
	c.SetTimeout(engine.TimeoutSentClientHandshake, c.Ctx.TimeoutSecs)
	switch {
	case s.unix:
		s.secure(c)
	case c.Vhost.HTTPProxyPort != 0:
		s.askProxy(c)
	case c.Vhost.SocksPort != 0:
		s.askSocks(c)
	default:
		s.secure(c)
	}
}

// secure starts TLS, if the connection is to have it.
func (s *State) secure(c *engine.Conn) {
	if s.info.Flags&UseSSL == 0 {
		s.up(c)
		return
	}
	c.SetState(engine.StateTLSHandshake)
	c.Monitor.Begin()
	name := s.info.TLSHost
	if name == "" {
		name = withoutPort(s.info.Host)
	}
	req := &engine.TLSRequest{Allow: int(s.info.Flags), Host: name, Port: s.info.Port, ALPN: s.info.ALPN}
	var err error
	if s.info.Identity != nil {
		req.Cert, req.Key, err = s.info.Identity()
	}
	if err == nil && c.Vhost.TLS == nil {
		err = c.Vhost.NoClientTLS()
	}
	if err != nil {
		fail(c, err.Error())
		return
	}
	c.Vhost.TLS.Connect(c, req, func(err error) {
		switch {
		case c.Dead():
		case err != nil:
			fail(c, err.Error())
		default:
			c.Monitor.End(&c.Monitor.TLS)
			c.WantOut, c.NoRead = false, false
			c.TouchPoll()
			s.up(c)
		}
	})
}

// up goes on when bytes can be sent to the peer.
func (s *State) up(c *engine.Conn) {
	ok := true
	switch {
	case s.info.raw():
		ok = s.rawUp(c)
	case s.isHTTP2(c):
		ok = s.startHTTP2(c)
	default:
		ok = s.issue(c)
	}
	if !ok && !c.Dead() {
		c.Close(engine.CloseNoStatus)
	}
}

// rawUp makes a connected socket the program's; false closes.
func (s *State) rawUp(c *engine.Conn) bool {
	c.SetTimeout(engine.NoPendingTimeout, 0)
	c.Data = nil
	r := raw.ForClient(c.Role().Name())
	c.SetRole(r)
	c.SetState(engine.StateEstablished)
	if c.Call(r.Reasons(true).Adopt, nil, 0) < 0 {
		c.ConnectionError("")
		return false
	}
	if s.asked && !c.Dead() {
		c.AskWriteable()
	}
	return true
}
