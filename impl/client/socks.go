// SPDX-License-Identifier: MIT

package client

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"libwebsockets/impl/engine"
)

// The numbers of RFC 1928 and RFC 1929.
const (
	socksVersion     = 5
	socksAuthVersion = 1
	socksConnect     = 1

	socksNoAuth   = 0
	socksPassword = 2

	socksIPv4 = 1
	socksName = 3
	socksIPv6 = 4
)

// maxSocksAuth is how long the user and the password may be, each.
const maxSocksAuth = 95

// SetSocks makes the vhost's client connections go through a SOCKS5 proxy:
// "[user:password@]host:port" (lws_set_socks). An HTTP proxy comes first.
func SetSocks(v *engine.Vhost, socks string) error {
	user, password := "", ""
	if n := strings.LastIndexByte(socks, '@'); n >= 0 {
		user, password, _ = strings.Cut(socks[:n], ":")
		if len(user) > maxSocksAuth || len(password) > maxSocksAuth {
			return fmt.Errorf("socks_proxy: user or password is longer than %d bytes", maxSocksAuth)
		}
		socks = socks[n+1:]
	}
	host, port, err := hostPort(socks, v.SocksPort)
	if err != nil {
		return fmt.Errorf("socks_proxy %w", err)
	}
	v.Socks, v.SocksPort, v.SocksUser, v.SocksPassword = host, port, user, password
	engine.Infof(" SOCKS5 proxy %s:%d", host, port)
	return nil
}

// socks is a conversation with a SOCKS5 proxy.
type socks struct {
	address        string
	port           int
	user, password string

	next func(b []byte) (used int, err error) // what to do with the answer that is due
	in   []byte
	out  []byte // to be sent
	done bool
}

// greet begins: the methods of authentication.
func (x *socks) greet() {
	x.out = []byte{socksVersion, 1, socksNoAuth}
	if x.user != "" {
		x.out = []byte{socksVersion, 2, socksPassword, socksNoAuth}
	}
	x.next = x.method
}

// feed takes what came; what is behind the last answer stays in x.in.
func (x *socks) feed(b []byte) error {
	x.in = append(x.in, b...)
	for !x.done {
		used, err := x.next(x.in)
		if err != nil || used == 0 {
			return err
		}
		x.in = x.in[used:]
	}
	return nil
}

// method acts on the proxy's choice.
func (x *socks) method(b []byte) (int, error) {
	if len(b) < 2 {
		return 0, nil
	}
	if b[0] != socksVersion {
		return 0, fmt.Errorf("version %d", b[0])
	}
	switch {
	case b[1] == socksNoAuth:
		return 2, x.connect()
	case b[1] == socksPassword && x.user != "":
		x.out = append(x.out, socksAuthVersion, byte(len(x.user)))
		x.out = append(append(x.out, x.user...), byte(len(x.password)))
		x.out = append(x.out, x.password...)
		x.next = x.auth
		return 2, nil
	}
	return 0, fmt.Errorf("it wants authentication method %d", b[1])
}

// auth acts on the answer to user and password.
func (x *socks) auth(b []byte) (int, error) {
	if len(b) < 2 {
		return 0, nil
	}
	if b[0] != socksAuthVersion || b[1] != 0 {
		return 0, fmt.Errorf("authentication is refused, status %d", b[1])
	}
	return 2, x.connect()
}

// connect asks for the connection. Names are the proxy's to resolve.
func (x *socks) connect() error {
	if len(x.address) > 255 {
		return errors.New("the name is too long for SOCKS5")
	}
	x.out = append(x.out, socksVersion, socksConnect, 0)
	if a, err := netip.ParseAddr(strings.Trim(x.address, "[]")); err == nil {
		kind := byte(socksIPv6)
		if a = a.Unmap(); a.Is4() {
			kind = socksIPv4
		}
		x.out = append(append(x.out, kind), a.AsSlice()...)
	} else {
		x.out = append(append(x.out, socksName, byte(len(x.address))), x.address...)
	}
	x.out = append(x.out, byte(x.port>>8), byte(x.port))
	x.next = x.connected
	return nil
}

// socksErrors are the replies of RFC 1928 §6.
var socksErrors = [...]string{1: "general failure", 2: "not allowed by its rules", 3: "network unreachable",
	4: "host unreachable", 5: "connection refused", 6: "TTL expired", 7: "command not supported",
	8: "address type not supported"}

// connected acts on the answer to connect, which ends with an address that is
// of no use to us.
func (x *socks) connected(b []byte) (int, error) {
	if len(b) < 2 {
		return 0, nil
	}
	switch code := int(b[1]); {
	case b[0] != socksVersion:
		return 0, fmt.Errorf("version %d", b[0])
	case code > 0 && code < len(socksErrors):
		return 0, fmt.Errorf("%s (%d)", socksErrors[code], code)
	case code != 0:
		return 0, fmt.Errorf("error %d", code)
	}
	if len(b) < 5 {
		return 0, nil
	}
	n := 4 + 2
	switch b[3] {
	case socksIPv4:
		n += 4
	case socksIPv6:
		n += 16
	case socksName:
		n += 1 + int(b[4])
	default:
		return 0, fmt.Errorf("address type %d", b[3])
	}
	if len(b) < n {
		return 0, nil
	}
	x.done = true
	return n, nil
}

// askSocks greets the proxy.
func (s *State) askSocks(c *engine.Conn) {
	v := c.Vhost
	engine.Infof("%s: going via SOCKS5 proxy", c)
	s.socks = &socks{address: s.info.Address, port: s.info.Port, user: v.SocksUser, password: v.SocksPassword}
	s.socks.greet()
	c.SetBusy("waiting for the SOCKS5 proxy")
	c.SetState(engine.StateWaitingProxyReply)
	if !s.sendSocks(c) {
		fail(c, "socks write failed")
	}
}

// sendSocks sends what is due; the answer is waited for.
func (s *State) sendSocks(c *engine.Conn) bool {
	b := s.socks.out
	s.socks.out = nil
	c.SetTimeout(engine.TimeoutAwaitingSocks, c.Ctx.TimeoutSecs)
	return len(b) == 0 || c.Issue(b)
}

// socksReply reads the proxy's answers; false closes.
func (s *State) socksReply(c *engine.Conn) bool {
	b := c.PT().Buf[:c.Ctx.ServBufSize]
	n, err := c.Read(b)
	if err == engine.ErrAgain {
		return true
	}
	if err != nil {
		return refuse(c, "socks conn dead")
	}
	x := s.socks
	if err := x.feed(b[:n]); err != nil {
		engine.Errf("%s: SOCKS5 proxy: %v", c, err)
		return refuse(c, "socks reply fail: "+err.Error())
	}
	if !s.sendSocks(c) {
		return refuse(c, "socks write fail")
	}
	if x.done {
		s.socks = nil
		s.tunnel(c, x.in)
	}
	return true
}
