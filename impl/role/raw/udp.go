// SPDX-License-Identifier: MIT

package raw

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/role/listen"
)

// datagram is the role of UDP sockets: RAW_RX comes once per packet, and what
// is written goes to whom the last packet came from, or to whom the socket is
// connected.
type datagram struct{ engine.Role }

var (
	_ engine.Polled = datagram{}
	_ engine.Queuer = datagram{}
)

// Datagram is the one value of the role.
var Datagram engine.Role = datagram{Socket}

// peerAddr is a socket address of any family.
type peerAddr struct {
	raw unix.RawSockaddrAny
	n   uint32
}

type packet struct {
	to peerAddr
	b  []byte
}

type udpState struct {
	peer  peerAddr
	queue []packet // what the kernel has no room for now
}

// show puts the peer into the program's struct lws_udp. Of an address that it
// has no room for programs see the head.
func (s *udpState) show(c *engine.Conn) {
	u := c.F.UDP()
	if u == nil {
		return
	}
	l := &c.Ctx.ABI.UDP
	raw := unsafe.Slice((*byte)(unsafe.Pointer(&s.peer.raw)), unsafe.Sizeof(s.peer.raw))
	copy(unsafe.Slice((*byte)(unsafe.Add(u, l.Addr)), l.Room), raw)
	if l.Len != 0 {
		*(*uint32)(unsafe.Add(u, l.Len)) = s.peer.n
	}
}

// lost tells whether a datagram gets lost on purpose.
func lost(percent int) bool { return percent > 0 && rand.IntN(101) <= percent }

// Readable hands out one packet. An empty one is no news and no end.
func (datagram) Readable(c *engine.Conn) bool {
	s, ok := c.Data.(*udpState)
	if !ok {
		return false
	}
	b := c.PT().Buf[:c.Ctx.ServBufSize-engine.Pre]
	from := peerAddr{n: unix.SizeofSockaddrAny}
	n, _, e := unix.RawSyscall6(unix.SYS_RECVFROM, uintptr(c.FD()), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)),
		unix.MSG_DONTWAIT, uintptr(unsafe.Pointer(&from.raw)), uintptr(unsafe.Pointer(&from.n)))
	switch {
	case e == unix.EAGAIN || e == unix.EINTR:
		return true
	case e != 0:
		engine.Infof("%s: receiving: %v", c, e)
		return false
	}
	s.peer = from
	s.show(c)
	if n == 0 {
		return true
	}
	if lost(c.Ctx.UDPLossRx) {
		engine.Warnf("%s: dropping udp rx", c)
		return true
	}
	return c.CallBytes(engine.ReasonRAWRX, b[:n]) >= 0
}

// Write sends b as one packet.
func (datagram) Write(c *engine.Conn, p engine.Payload, _ engine.WriteProtocol) int {
	s, ok := c.Data.(*udpState)
	b := p.Bytes()
	if !ok || c.FD() < 0 {
		return -1
	}
	if len(b) == 0 {
		return 0
	}
	if lost(c.Ctx.UDPLossTx) {
		engine.Warnf("%s: dropping udp tx", c)
		return len(b)
	}
	if len(s.queue) == 0 {
		switch e := sendTo(c.FD(), b, &s.peer); e {
		case 0:
			return len(b)
		case unix.EAGAIN, unix.EINTR, unix.ENOBUFS:
		default:
			engine.Infof("%s: lws_write: %v", c, e)
			return -1
		}
	}
	s.queue = append(s.queue, packet{s.peer, append([]byte(nil), b...)})
	c.WantOut = true
	c.TouchPoll()
	return len(b)
}

func sendTo(fd int, b []byte, to *peerAddr) unix.Errno {
	_, _, e := unix.RawSyscall6(unix.SYS_SENDTO, uintptr(fd), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)),
		unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL, uintptr(unsafe.Pointer(&to.raw)), uintptr(to.n))
	return e
}

// Writable sends what waits, in order; a packet that cannot be sent is lost.
func (datagram) Writable(c *engine.Conn) bool {
	s, ok := c.Data.(*udpState)
	if !ok {
		return false
	}
	for len(s.queue) > 0 {
		p := &s.queue[0]
		if e := sendTo(c.FD(), p.b, &p.to); e == unix.EAGAIN || e == unix.EINTR || e == unix.ENOBUFS {
			return true
		}
		s.queue = s.queue[1:]
	}
	s.queue, c.WantOut = nil, false
	c.TouchPoll()
	return true
}

// CloseVia gives what waits a last chance.
func (d datagram) CloseVia(c *engine.Conn, _ engine.CloseStatus) bool {
	if d.Queued(c) {
		d.Writable(c)
	}
	return false
}

// Queued tells whether packets wait to be sent.
func (datagram) Queued(c *engine.Conn) bool {
	s, ok := c.Data.(*udpState)
	return ok && len(s.queue) > 0
}

// DatagramBinder takes UDP sockets: a listen.Binder.
type DatagramBinder struct{ SocketBinder }

// Accepts takes sockets that are adopted with the UDP flag.
func (DatagramBinder) Accepts(_ *engine.Vhost, how engine.AdoptFlags) bool {
	return how&engine.AdoptSocket != 0 && how&engine.AdoptUDP != 0 && how&engine.AdoptHTTP == 0
}

// Bind binds to the named protocol, or the vhost's raw one.
func (DatagramBinder) Bind(c *engine.Conn, how engine.AdoptFlags, named bool) {
	c.SetDatagram()
	c.Data = &udpState{}
	c.F.SetUDP(c.Ctx.ABI.UDP.Size)
	bindAs(c, Datagram, named)
}

// Bound has the protocol bound again where releases of the original do that.
func (DatagramBinder) Bound(c *engine.Conn) {
	if c.Ctx.ABI.UDPBindsAgain {
		c.Bind(c.Protocol)
	}
}

// UDP says what socket lws_create_adopt_udp makes.
type UDP struct {
	Vhost     *engine.Vhost
	Address   string
	Any       bool // no address is given
	Port      int
	Bind      bool // to the address, else connect to it
	Broadcast bool
	Packet    bool // a packet socket for IPv4
	Iface     string
	Protocol  string
	Parent    *engine.Conn
	Opaque    unsafe.Pointer
	Retry     *engine.Retry
}

// Open makes the connection, nil when that fails. A name is looked up off the
// loop: RAW_ADOPT, or the end, comes later then.
func (d UDP) Open() *engine.Conn {
	how := engine.AdoptSocket | engine.AdoptUDP
	c, b := listen.Prepare(listen.ThreadFor(d.Vhost, d.Parent), d.Vhost, how, d.Protocol, d.Parent, d.Opaque)
	if c == nil {
		return nil
	}
	defer c.Born()
	if d.Retry != nil {
		c.SetRetry(*d.Retry)
	}
	if d.Any {
		return d.open(c, b, []netip.Addr{netip.IPv4Unspecified()})
	}
	if a, err := netip.ParseAddr(strings.Trim(d.Address, "[]")); err == nil {
		return d.open(c, b, []netip.Addr{a})
	}
	c.PT().Search(d.Address, func(l []netip.Addr, err error) {
		if c.Dead() {
			return
		}
		if err != nil {
			engine.Noticef("%s: lookup of %s failed: %v", c, d.Address, err)
			c.Close(engine.CloseNoStatus)
			return
		}
		d.open(c, b, l)
	})
	return c
}

// open tries the addresses until one can be used.
func (d UDP) open(c *engine.Conn, b listen.Binder, l []netip.Addr) *engine.Conn {
	s := c.Data.(*udpState)
	for _, a := range l {
		fd, err := d.socket(a, &s.peer)
		if err != nil {
			engine.Errf("lws_create_adopt_udp: %s port %d: %v", a, d.Port, err)
			continue
		}
		s.show(c)
		return listen.Take(c, b, fd, engine.AdoptSocket|engine.AdoptUDP)
	}
	c.Close(engine.CloseNoStatus)
	return nil
}

// socket opens one for an address; peer becomes the other end when it has one.
func (d UDP) socket(a netip.Addr, peer *peerAddr) (int, error) {
	family, proto := unix.AF_INET, unix.IPPROTO_UDP
	if a = a.Unmap(); a.Is6() {
		family = unix.AF_INET6
	}
	if d.Packet {
		family, proto = unix.AF_PACKET, int(ethIPv4)
	}
	fd, err := unix.Socket(family, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, proto)
	if err != nil {
		return -1, fmt.Errorf("socket: %w", err)
	}
	if err = d.setup(fd, a, peer); err != nil {
		unix.Close(fd)
		return -1, err
	}
	return fd, nil
}

// ethIPv4 is the Ethernet type of IPv4 (0x0800) in network order.
var ethIPv4 = *(*uint16)(unsafe.Pointer(&[2]byte{0x08, 0x00}))

func (d UDP) setup(fd int, a netip.Addr, peer *peerAddr) error {
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1); err != nil {
		engine.Errf("lws_create_adopt_udp: SO_REUSEADDR: %v", err)
	}
	if d.Broadcast {
		if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_BROADCAST, 1); err != nil {
			engine.Errf("lws_create_adopt_udp: SO_BROADCAST: %v", err)
		}
	}
	if d.Iface != "" {
		if err := unix.BindToDevice(fd, d.Iface); err != nil {
			return fmt.Errorf("interface %s: %w", d.Iface, err)
		}
	}
	if d.Bind && !d.Packet {
		if err := unix.Bind(fd, sockaddr(a, d.Port)); err != nil {
			return fmt.Errorf("bind failed: %w", err)
		}
	}
	if !d.Bind && !d.Packet {
		if err := unix.Connect(fd, sockaddr(a, d.Port)); err != nil {
			return fmt.Errorf("connect failed: %w", err)
		}
		peer.n = unix.SizeofSockaddrAny
		_, _, e := unix.RawSyscall(unix.SYS_GETPEERNAME, uintptr(fd), uintptr(unsafe.Pointer(&peer.raw)), uintptr(unsafe.Pointer(&peer.n)))
		if e != 0 {
			return fmt.Errorf("getpeername: %w", e)
		}
	}
	return nil
}

func sockaddr(a netip.Addr, port int) unix.Sockaddr {
	if a.Is4() {
		return &unix.SockaddrInet4{Port: port, Addr: a.As4()}
	}
	sa := &unix.SockaddrInet6{Port: port, Addr: a.As16()}
	if n, err := listen.InterfaceIndex(a.Zone()); err == nil {
		sa.ZoneId = uint32(n)
	}
	return sa
}
