// SPDX-License-Identifier: MIT

// Package listen is the role of listening sockets: it accepts connections and
// hands them to the role that the vhost wants for them.
package listen

import (
	"errors"
	"fmt"
	"unsafe"

	"golang.org/x/sys/unix"

	"libwebsockets/impl/engine"
)

// acceptBudget is how many connections one event may bring, so that the
// others are not kept waiting.
const acceptBudget = 64

// pauseUS is how long accepting rests when descriptors have run out.
const pauseUS = 100_000

// backlog is what listen(2) gets; the kernel caps it at somaxconn.
const backlog = 4096

type role struct{}

// Role is the one value of the role.
var Role engine.Role = role{}

var reasons engine.Reasons

type state struct {
	resume engine.Timer
	warned bool
	args   *filterArgs // nil while the program has them
}

func (role) Name() string                                                 { return "listen" }
func (role) Writeable(*engine.Conn) bool                                  { return true }
func (role) Write(*engine.Conn, engine.Payload, engine.WriteProtocol) int { return -1 }
func (role) CloseVia(*engine.Conn, engine.CloseStatus) bool               { return false }
func (role) Reasons(bool) *engine.Reasons                                 { return &reasons }
func (role) Gone(c *engine.Conn) {
	if v := c.Vhost; v != nil {
		v.DropListener(c)
	}
	c.PT().StopTimer(&c.Data.(*state).resume)
}

// Open makes the vhost listen, unless it shares another one's socket. The
// lock is held. An error is fatal for the vhost; a place to bind to that is
// missing is one only with FAIL_UPON_UNABLE_TO_BIND.
func Open(v *engine.Vhost) error {
	if v.Port == engine.PortNoListen || v.Port == engine.PortNoListenServer {
		return nil
	}
	for _, o := range v.Ctx.Vhosts() {
		if o != v && len(o.Listeners()) > 0 && o.SharesListener(v) {
			engine.Noticef(" using listen skt from vhost %s", o.Name)
			return nil
		}
	}
	families, err := familiesOf(v)
families:
	for _, f := range families {
		for _, pt := range f.threads(v.Ctx) {
			var fd, port int
			if fd, port, err = f.open(v); err != nil {
				if f.spare && errors.Is(err, unix.EAFNOSUPPORT) {
					return nil
				}
				break families
			}
			v.Port = port // the next one's, too
			v.F.Port = int32(port)
			if err := listenOn(pt, v, fd); err != nil {
				return err
			}
		}
	}
	if err != nil {
		engine.Errf("vhost %s: cannot listen on port %d: %v", v.Name, v.Port, err)
		if fatal(v, err) {
			return err
		}
	}
	return nil
}

// listenOn makes the connection of a listening socket.
func listenOn(pt *engine.Thread, v *engine.Vhost, fd int) error {
	c := newListener(pt, v)
	if c == nil {
		unix.Close(fd)
		return errors.New("no connection for the listener")
	}
	defer c.Born()
	if err := unix.Listen(fd, backlog); err != nil {
		engine.Errf("vhost %s: listen: %v", v.Name, err)
		unix.Close(fd)
		c.Close(engine.CloseNoStatusContextDestroy)
		return err
	}
	if v.FastOpen != 0 {
		if err := unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_FASTOPEN, v.FastOpen); err != nil {
			engine.Warnf("vhost %s: TCP_FASTOPEN: %v", v.Name, err)
		}
	}
	v.AddListener(c)
	if !c.Attach(fd) {
		return errors.New("cannot poll the listener")
	}
	if v.Options.Has(engine.OptUnixSock) {
		engine.Infof(" Listening on \"%s\"", v.Iface)
	} else {
		engine.Infof(" Listening on port %d", v.Port)
	}
	return nil
}

func newListener(pt *engine.Thread, v *engine.Vhost) *engine.Conn {
	c := engine.NewConn(pt, v, Role, false)
	if c == nil {
		return nil
	}
	c.Tag(engine.GroupWSI, fmt.Sprintf("listen|%s|%s|%d", v.Name, v.Iface, v.Port))
	c.SetListener()
	c.Data = &state{}
	if len(v.Protocols) > 0 {
		c.SetProtocol(v.Protocols[0])
	}
	return c
}

// Again has the vhost go on with the listening sockets of its parent process.
// The lock is held. Each family has one for each thread (Open).
func Again(v *engine.Vhost, fds []int) error {
	for i, fd := range fds {
		c := newListener(v.Ctx.Threads[i%len(v.Ctx.Threads)], v)
		if c == nil {
			return errors.New("no connection for the listener")
		}
		v.AddListener(c)
		ok := c.AttachAgain(fd)
		c.Born()
		if !ok {
			return errors.New("cannot poll the listener")
		}
	}
	return nil
}

// filterArgs is struct lws_filter_network_conn_args.
type filterArgs struct {
	addr   [128]byte // struct sockaddr_storage
	addrLn uint32
	fd     int32
}

func (role) Readable(c *engine.Conn) bool {
	for n := 0; n < acceptBudget; n++ {
		v := c.Vhost
		if v.Destroying() || c.Dead() || c.NoRead || len(c.Ctx.Threads) > 1 && v.Scarce() {
			return true
		}
		to := c.Ctx.Idlest()
		if to == nil {
			pause(c, "the connection limit (fd_limit_per_thread) is reached")
			return true
		}
		s := c.Data.(*state)
		args := s.args
		if s.args = nil; args == nil {
			args = new(filterArgs)
		}
		fd, err := accept(c.FD(), args)
		switch err {
		case nil:
		case unix.EAGAIN, unix.EINTR, unix.ECONNABORTED:
			return true
		case unix.EMFILE, unix.ENFILE, unix.ENOBUFS, unix.ENOMEM:
			pause(c, "accept: "+err.Error())
			return true
		default:
			engine.Errf("accept: errno %d", err)
			return true
		}
		s.warned = false
		args.fd = int32(fd)
		if len(v.Protocols) > 0 && c.CallProtocol(v.Protocols[0], engine.ReasonFilterNetworkConnection,
			unsafe.Pointer(args), unsafe.Add(nil, fd), 0) != 0 {
			unix.Close(fd)
			return true
		}
		s.args = args
		opts := engine.AdoptSocket | engine.AdoptAllowSSL
		if !v.Options.Has(engine.OptAdoptApplyListen) {
			opts |= engine.AdoptHTTP
		}
		if to != c.PT() {
			hand(to, v, fd, opts)
		} else if adopt(to, v, fd, opts, v.AcceptProtocol, nil, nil) == nil {
			return true
		}
		if !c.Ready(unix.POLLIN) {
			return true
		}
	}
	return true
}

// accept takes a connection. Its options (see SetOptions) are the listening socket's. Where
// there is none it takes ten times what asking first does: the kernel makes the socket beforehand.
func accept(lfd int, a *filterArgs) (int, error) {
	a.addrLn = uint32(len(a.addr))
	n, _, e := unix.RawSyscall6(unix.SYS_ACCEPT4, uintptr(lfd), uintptr(unsafe.Pointer(&a.addr)),
		uintptr(unsafe.Pointer(&a.addrLn)), unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0, 0)
	if e != 0 {
		return -1, e
	}
	return int(n), nil
}

// pause stops accepting for a while; the backlog of the kernel keeps the peers.
func pause(c *engine.Conn, why string) {
	s := c.Data.(*state)
	if !s.warned {
		engine.Warnf("%s: not accepting for now: %s", c, why)
		s.warned = true
	}
	c.NoRead = true
	c.TouchPoll()
	s.resume.Fire = func(int64) {
		c.NoRead = c.Vhost.Scarce()
		c.TouchPoll()
	}
	c.PT().SetTimer(&s.resume, engine.Now()+pauseUS)
}
