// SPDX-License-Identifier: MIT

package engine

import (
	"fmt"
	"os"
	"slices"
	"sort"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A forked child starts the runtime anew (capi/c/fork.c), and with it the
// engine. Its memory still has the parent's Context and all that it leads to:
// no longer Go memory, but as good as C memory that is never freed. It is read,
// never written, and what could change is copied, because the new runtime's
// garbage collector does not look there.

// Again makes the context of f anew in a forked child, its vhosts included,
// from what f.Home has kept of it. Connections stay with the parent: their
// descriptors are closed here. The descriptors of listening sockets come back
// by vhost; a vhost that is missing there has lost its own.
func Again(f *ContextFace) (*Context, map[*Vhost][]int, error) {
	old := (*Context)(f.Home)
	ctx := &Context{
		F: f, Born: old.Born, shared: mutex{rank: rankShared}, peers: peers{mu: mutex{rank: rankShared}}, ContextSettings: old.ContextSettings,
		became: old.became, protocolDone: old.protocolDone, pipes: slices.Clone(old.pipes),
	}
	ctx.lives.inherit(&old.lives, len(old.pipes))
	ctx.Reject = slices.Clone(old.Reject)
	ours := true
	for _, o := range old.Threads {
		ours = ours && o.intact()
	}
	for _, o := range old.Threads {
		if err := ctx.threadAgain(o, ours); err != nil {
			ctx.releaseThreads()
			return nil, nil, err
		}
	}
	f.Kicks = 0 // whoever was at one is not in this process
	ctx.Slot = contexts.put(ctx)
	f.Slot, f.Home = ctx.Slot, unsafe.Pointer(ctx)
	listening := map[*Vhost][]int{}
	for _, o := range old.Vhosts() {
		v := o.again(ctx)
		v.logAgain(o, ours)
		for _, l := range o.Listeners() {
			if ours && isListening(l.fd) {
				listening[v] = append(listening[v], l.fd)
			}
		}
	}
	ctx.inherit(old)
	if ours {
		ctx.Lock()
		for _, o := range old.Threads {
			o.abandon(ctx)
		}
		ctx.Unlock()
	} else {
		Warnf("fork: the child has closed the descriptors of its parent's context: listening anew")
	}
	if ctx.Looped { // it waits between its turns
		for _, pt := range ctx.Threads {
			pt.F.Waiting = 1
			pt.wake()
		}
	}
	return ctx, listening, nil
}

// threadAgain makes the thread that was o; where the descriptors still are ours,
// with their numbers.
func (ctx *Context) threadAgain(o *Thread, ours bool) error {
	pt, err := newThread(ctx, o.F, o.Index)
	if err != nil {
		return err
	}
	ctx.Threads = append(ctx.Threads, pt)
	pt.tidAsked, pt.wakeFace = o.tidAsked, o.wakeFace
	if ours {
		if err := pt.replace(o); err != nil {
			return err
		}
	}
	pt.tellC()
	f := pt.F
	f.Waiting, f.Pending, f.Hushed, f.Busy, f.Deadline = 0, 1, 0, 0, 0
	return nil
}

// inherit gives ctx what others keep of old.
func (ctx *Context) inherit(old *Context) {
	ctx.Lock()
	defer ctx.Unlock()
	if old.TLS != nil {
		old.TLS.Again(ctx)
	}
	if old.Cookies != nil {
		ctx.Cookies = old.Cookies.Again()
	}
	for _, o := range old.Threads {
		if o.Files != nil {
			o.Files.Abandon()
		}
	}
}

// again is the vhost in ctx, which was made from o's.
func (o *Vhost) again(ctx *Context) *Vhost {
	v := &Vhost{
		VhostSettings: o.VhostSettings, Ctx: ctx, F: o.F, TLS: o.TLS,
		life: o.life, privs: slices.Clone(o.privs), fake: o.fake, started: o.started, destroying: o.destroying,
	}
	v.gone.Store(o.gone.Load())
	v.Protocols = make([]*Protocol, len(o.Protocols))
	for i, p := range o.Protocols {
		q := *p
		q.members = make([]members, len(ctx.Threads))
		v.Protocols[i] = &q
	}
	v.Mounts = make([]*Mount, len(o.Mounts))
	for i, m := range o.Mounts {
		n := *m
		v.Mounts[i] = &n
	}
	v.noteOnward()
	v.PVOs, v.Headers, v.Exts = slices.Clone(o.PVOs), slices.Clone(o.Headers), slices.Clone(o.Exts)
	v.F.Slot, v.F.Home = vhosts.put(v), unsafe.Pointer(v)
	ctx.changeVhosts(func(l []*Vhost) []*Vhost { return append(l, v) })
	return v
}

// intact tells whether the descriptors of the parent's thread are still what
// they were: many a daemon closes all that it has inherited.
func (pt *Thread) intact() bool {
	for kind, fd := range pt.own() {
		if !isAnon(*fd, kind) {
			return false
		}
	}
	return true
}

func isAnon(fd int, kind string) bool {
	s, err := os.Readlink(fmt.Sprintf("/proc/self/fd/%d", fd))
	return err == nil && s == "anon_inode:"+kind
}

func isListening(fd int) bool {
	n, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ACCEPTCONN)
	return err == nil && n == 1
}

// replace puts the thread's descriptors in the place of the parent's, which a
// program that polls for us knows by number.
func (pt *Thread) replace(old *Thread) error {
	_ = unix.EpollCtl(pt.epfd, unix.EPOLL_CTL_DEL, pt.wakefd, nil)
	_ = unix.EpollCtl(pt.epfd, unix.EPOLL_CTL_DEL, pt.timerfd, nil)
	to := old.own()
	for kind, fd := range pt.own() {
		if err := unix.Dup3(*fd, *to[kind], unix.O_CLOEXEC); err != nil {
			return fmt.Errorf("dup3: %w", err)
		}
		unix.Close(*fd)
		*fd = *to[kind]
	}
	return pt.watchOwn()
}

// abandon closes the child's copies of the parent's connections. Nobody is
// called for them, but a program that polls for us must not poll them.
func (pt *Thread) abandon(ctx *Context) {
	var lost int
	order := slices.Clone(pt.order)
	sort.Slice(order, func(i, j int) bool { return order[i].fd < order[j].fd })
	for _, c := range order {
		if ctx.Loop != nil {
			ctx.First().tellLoop(c.F, LoopIO, loopStop|loopRead|loopWrite)
			ctx.First().tellLoop(c.F, LoopLogicalClose, 0)
			ctx.First().tellLoop(c.F, LoopFree, 0)
		}
		if c.listener {
			continue
		}
		lost++
		fd := c.fd
		c.F.Slot, c.F.FD = 0, -1
		_ = unix.Close(fd)
		if l := ctx.Vhosts(); ctx.F.External != ExternalNo && len(l) > 0 && len(l[0].Protocols) > 0 {
			l[0].tellPollFD(ctx.Threads[pt.Index], ReasonDelPollFD, fd, 0)
		}
	}
	for fd, l := range pt.lingers {
		if l != nil {
			_ = unix.Close(fd)
		}
	}
	if lost > 0 {
		Warnf("fork: %d connections stay with the parent (pid %d); this process (pid %d) has closed its copies", lost, unix.Getppid(), unix.Getpid())
	}
}

// AttachAgain is Attach for a listening socket of the parent's: nobody needs
// to be told of the descriptor but a loop of the program's own, which knows connections.
func (c *Conn) AttachAgain(fd int) bool {
	if !c.JoinLoop(fd) || c.watch(fd) != nil {
		return false
	}
	c.loopMask(c.polled, 0)
	return !c.Dead()
}
