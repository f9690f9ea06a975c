// SPDX-License-Identifier: MIT

package listen

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"libwebsockets/impl/accounts"
	"libwebsockets/impl/engine"
)

// What may be wrong with an interface.
var (
	ErrNotExist  = errors.New("DOESN'T EXIST")
	ErrNotUsable = errors.New("NOT USABLE")
)

// errSetup: the socket itself is at fault, not the place that it is to be bound to.
var errSetup = errors.New("socket")

// fatal tells whether a vhost cannot be without the listener that failed. A
// port in use is always fatal; a place that is not there (yet) or not permitted
// only when the program says so.
func fatal(v *engine.Vhost, err error) bool {
	busy := errors.Is(err, unix.EADDRINUSE) && !v.Options.Has(engine.OptUnixSock)
	return busy || errors.Is(err, errSetup) || v.Options.Has(engine.OptFailUponUnableToBind)
}

// family is what a vhost's listening socket speaks.
type family struct {
	unix, v6 bool
	only     bool // v6 takes no IPv4
	spare    bool // one that the system need not have
}

// threads are those that listen, each for itself. A unix socket has one place.
func (f family) threads(ctx *engine.Context) []*engine.Thread {
	if f.unix {
		return ctx.Threads[:1]
	}
	return ctx.Threads
}

// familiesOf is what the vhost listens on, with a socket for each.
func familiesOf(v *engine.Vhost) ([]family, error) {
	v6 := !v.Options.Has(engine.OptDisableIPv6) && !v.Ctx.Options.Has(engine.OptDisableIPv6)
	switch {
	case v.Options.Has(engine.OptUnixSock):
		return []family{{unix: true}}, nil
	case !v.Ctx.ABI.FamilySockets:
		return []family{{v6: v6}}, nil
	}
	if a, err := netip.ParseAddr(v.Iface); err == nil && v.HasIface {
		if a.Is6() && !v6 {
			return nil, fmt.Errorf("%w: %s without IPv6", ErrNotUsable, a)
		}
		return []family{{v6: a.Is6(), only: true}}, nil
	}
	var l []family
	if !v6 || !v.Options.Has(engine.OptV6OnlyModify) || !v.Options.Has(engine.OptV6OnlyValue) {
		l = append(l, family{})
	}
	if v6 {
		l = append(l, family{v6: true, only: true, spare: len(l) > 0})
	}
	return l, nil
}

// open makes a listening socket of the vhost. It returns the port that it got.
func (f family) open(v *engine.Vhost) (fd, port int, err error) {
	if f.unix {
		fd, err = openUnix(v)
		return fd, v.Port, err
	}
	fd, err = f.openInet(v)
	if f.v6 && !f.only && errors.Is(err, unix.EAFNOSUPPORT) {
		fd, err = family{}.openInet(v)
	}
	if err != nil {
		return -1, 0, err
	}
	sa, err := unix.Getsockname(fd)
	if err != nil {
		unix.Close(fd)
		return -1, 0, err
	}
	switch a := sa.(type) {
	case *unix.SockaddrInet4:
		port = a.Port
	case *unix.SockaddrInet6:
		port = a.Port
	}
	return fd, port, nil
}

func (f family) openInet(v *engine.Vhost) (int, error) {
	domain, addr := unix.AF_INET, netip.IPv4Unspecified()
	if f.v6 {
		domain, addr = unix.AF_INET6, netip.IPv6Unspecified()
	}
	if v.HasIface {
		var err error
		if addr, err = InterfaceAddr(v.Iface, f.v6, f.only); err != nil {
			return -1, err
		}
	}
	fd, err := unix.Socket(domain, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return -1, fmt.Errorf("socket: %w", err)
	}
	if err := f.bind(v, fd, addr); err != nil {
		unix.Close(fd)
		return -1, err
	}
	return fd, nil
}

func (f family) bind(v *engine.Vhost, fd int, addr netip.Addr) error {
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1); err != nil {
		return fmt.Errorf("%w: SO_REUSEADDR: %w", errSetup, err)
	}
	if f.v6 && (f.only || v.Options.Has(engine.OptV6OnlyModify)) {
		only := 0
		if f.only || v.Options.Has(engine.OptV6OnlyValue) {
			only = 1
		}
		if err := unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_V6ONLY, only); err != nil {
			return fmt.Errorf("%w: IPV6_V6ONLY: %w", errSetup, err)
		}
	}
	if v.Options.Has(engine.OptAllowListenShare) || len(v.Ctx.Threads) > 1 {
		if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1); err != nil {
			return fmt.Errorf("%w: SO_REUSEPORT: %w", errSetup, err)
		}
	}
	if err := SetOptions(v, fd); err != nil {
		engine.Warnf("vhost %s: listening socket: %v", v.Name, err)
	}
	var sa unix.Sockaddr = &unix.SockaddrInet4{Port: v.Port, Addr: addr4(addr)}
	if f.v6 {
		sa = &unix.SockaddrInet6{Port: v.Port, Addr: addr.As16(), ZoneId: ScopeOf(addr.Zone())}
	}
	if v.Ctx.ABI.Lifecycle {
		engine.Noticef("%s: lws_socket_bind: source ads %s", v, addr)
	}
	if err := unix.Bind(fd, sa); err != nil {
		return fmt.Errorf("bind on port %d: %w", v.Port, err)
	}
	return nil
}

func openUnix(v *engine.Vhost) (int, error) {
	path := v.Iface
	if path == "" {
		return -1, errors.New("a unix socket needs a path in iface")
	}
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return -1, fmt.Errorf("socket: %w", err)
	}
	if path[0] != '@' {
		_ = unix.Unlink(path)
	}
	if err = unix.Bind(fd, &unix.SockaddrUnix{Name: path}); err != nil {
		unix.Close(fd)
		return -1, fmt.Errorf("bind to %q: %w", path, err)
	}
	if path[0] != '@' {
		if err = own(v, path); err != nil {
			unix.Close(fd)
			return -1, err
		}
		v.Socket, _ = os.Lstat(path)
	}
	return fd, nil
}

// own gives the socket to who the program wants, and to nobody else: to
// unix_socket_perms, or to the user that the process will be.
func own(v *engine.Vhost, path string) error {
	uid, gid := v.Ctx.UID, v.Ctx.GID
	if v.UnixPerms != "" {
		var err error
		if uid, gid, err = idsOf(v.UnixPerms); err != nil {
			return fmt.Errorf("unix_socket_perms: %w", err)
		}
	}
	if uid == 0 || gid == 0 {
		return nil
	}
	if err := os.Chown(path, uid, gid); err != nil {
		return err
	}
	engine.Noticef("vh %s unix skt %s perms %d:%d", v.Name, path, uint32(uid), uint32(gid))
	return os.Chmod(path, 0o660)
}

// idsOf looks "user:group" up.
func idsOf(perms string) (uid, gid int, err error) {
	un, gn, ok := strings.Cut(perms, ":")
	if !ok {
		return 0, 0, fmt.Errorf("%q is not user:group", perms)
	}
	if uid, err = accounts.UserID(un); err != nil {
		return 0, 0, err
	}
	if gid, err = accounts.GroupID(gn); err != nil {
		return 0, 0, err
	}
	return uid, gid, nil
}

// InterfaceAddr is the address to bind to for an interface name or an address
// in text; with v6 an IPv4 address is mapped. native prefers one of the interface
// that need not be.
func InterfaceAddr(name string, v6, native bool) (netip.Addr, error) {
	if a, err := netip.ParseAddr(name); err == nil {
		return mapAddr(name, a, v6)
	}
	index, err := InterfaceIndex(name)
	if err != nil {
		return netip.Addr{}, fmt.Errorf("iface %s %w", name, ErrNotExist)
	}
	addrs, err := addressesOf(index)
	if err != nil {
		return netip.Addr{}, err
	}
	best := netip.Addr{}
	for _, ip := range addrs {
		m, err := mapAddr(name, ip, v6)
		if err != nil {
			continue
		}
		if !v6 || !native || ip.Is6() {
			return m, nil
		}
		if !best.IsValid() {
			best = m
		}
	}
	if best.IsValid() {
		return best, nil
	}
	return netip.Addr{}, fmt.Errorf("iface %s %w: no address", name, ErrNotUsable)
}

func mapAddr(name string, a netip.Addr, v6 bool) (netip.Addr, error) {
	switch {
	case v6 && a.Is4():
		return netip.AddrFrom16(a.As16()), nil
	case !v6 && !a.Unmap().Is4():
		return a, fmt.Errorf("iface %s %w: %s is an IPv6 address", name, ErrNotUsable, a)
	}
	return a, nil
}

// ScopeOf is the number of an IPv6 zone, which is an interface's name or number.
func ScopeOf(zone string) uint32 {
	if zone == "" {
		return 0
	}
	if n, err := strconv.ParseUint(zone, 10, 32); err == nil {
		return uint32(n)
	}
	if n, err := InterfaceIndex(zone); err == nil {
		return uint32(n)
	}
	return 0
}

// SetOptions sets what every TCP socket of the vhost gets: no delay, keepalive
// and the interface where asked for.
func SetOptions(v *engine.Vhost, fd int) error {
	if v.BindIface && v.Iface != "" {
		if err := unix.SetsockoptString(fd, unix.SOL_SOCKET, unix.SO_BINDTODEVICE, v.Iface); err != nil {
			return fmt.Errorf("SO_BINDTODEVICE %s: %w", v.Iface, err)
		}
	}
	if v.KATime > 0 {
		for _, o := range [...]struct{ level, opt, val int }{
			{unix.SOL_SOCKET, unix.SO_KEEPALIVE, 1},
			{unix.IPPROTO_TCP, unix.TCP_KEEPIDLE, v.KATime},
			{unix.IPPROTO_TCP, unix.TCP_KEEPINTVL, v.KAInterval},
			{unix.IPPROTO_TCP, unix.TCP_KEEPCNT, v.KAProbes},
		} {
			if err := unix.SetsockoptInt(fd, o.level, o.opt, o.val); err != nil {
				return fmt.Errorf("keepalive: %w", err)
			}
		}
	}
	_ = unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)
	return nil
}

func addr4(a netip.Addr) [4]byte {
	if a = a.Unmap(); a.Is4() {
		return a.As4()
	}
	return [4]byte{}
}
