// SPDX-License-Identifier: MIT

package main

/*
#include "lwsgo.h"
#include <errno.h>
#include <grp.h>
#include <stdlib.h>
#include <unistd.h>
#include "lws_private.h"

// Through libc, which tells all threads. 0 or errno.
static inline int lwsgo_setgid(int gid) { return setgid((gid_t)gid) ? errno : 0; }
static inline int lwsgo_setuid(int uid) { return setuid((uid_t)uid) ? errno : 0; }
static inline int lwsgo_initgroups(const char *name, int gid) { return initgroups(name, (gid_t)gid) ? errno : 0; }
*/
import "C"

import (
	"fmt"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"

	"libwebsockets/impl/accounts"
	"libwebsockets/impl/engine"
)

// privileges is who the program wants to be once it listens.
type privileges struct {
	uid, gid int // 0 and -1: as it is
	caps     []int
}

// wanted finds out what the program asks for; names count more than numbers.
func wanted(i *C.struct_lwsgo_info) (privileges, error) {
	p := privileges{uid: int(i.uid), gid: int(i.gid)}
	if i.groupname != nil {
		gid, err := accounts.GroupID(str(i.groupname))
		if err != nil {
			return p, fmt.Errorf("unknown groupname '%s': %w", str(i.groupname), err)
		}
		p.gid = gid
	}
	if i.username != nil {
		uid, err := accounts.UserID(str(i.username))
		if err != nil {
			return p, fmt.Errorf("unknown username '%s': %w", str(i.username), err)
		}
		p.uid = uid
	}
	n := min(int(i.count_caps), len(i.caps))
	for _, c := range i.caps[:max(n, 0)] {
		p.caps = append(p.caps, int(c))
	}
	return p, nil
}

func named(id int) bool { return id != 0 && id != -1 }

// take makes the process who it is to be. The capabilities stay with the
// calling thread, which is the one that serves.
func (p privileges) take() error {
	if named(p.gid) {
		group, err := accounts.GroupName(p.gid)
		if err != nil {
			return fmt.Errorf("cannot find name for gid %d: %w", p.gid, err)
		}
		if e := C.lwsgo_setgid(C.int(p.gid)); e != 0 {
			return fmt.Errorf("setgid %d: %w", p.gid, syscall.Errno(e))
		}
		engine.Noticef("lws_create_context: effective group '%s'", group)
	}
	if !named(p.uid) {
		return nil
	}
	user, err := accounts.UserName(p.uid)
	if err != nil {
		return fmt.Errorf("unable to find uid %d: %w", p.uid, err)
	}
	if err := keepCaps(p.caps); err != nil {
		return err
	}
	name := C.CString(user)
	defer C.free(unsafe.Pointer(name))
	if e := C.lwsgo_initgroups(name, C.int(p.gid)); e != 0 {
		return fmt.Errorf("initgroups %s, %d: %w", user, p.gid, syscall.Errno(e))
	}
	if e := C.lwsgo_setuid(C.int(p.uid)); e != 0 {
		return fmt.Errorf("setuid %d: %w", p.uid, syscall.Errno(e))
	}
	engine.Noticef("lws_create_context: effective user '%s'", user)
	return useCaps(p.caps)
}

// keepCaps makes the permitted capabilities outlive the change of the user.
func keepCaps(caps []int) error {
	if len(caps) == 0 {
		return nil
	}
	if err := unix.Prctl(unix.PR_SET_KEEPCAPS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("PR_SET_KEEPCAPS: %w", err)
	}
	return nil
}

// useCaps makes the kept capabilities effective, and gives up the others.
func useCaps(caps []int) error {
	if len(caps) == 0 {
		return nil
	}
	head := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	if err := unix.Capget(&head, &data[0]); err != nil {
		return fmt.Errorf("capget: %w", err)
	}
	var keep [2]uint32
	for _, c := range caps {
		if c < 0 || c >= 64 {
			return fmt.Errorf("no capability has the number %d", c)
		}
		keep[c/32] |= 1 << (c % 32)
	}
	for i := range data {
		data[i].Permitted &= keep[i]
		data[i].Effective = data[i].Permitted
	}
	if err := unix.Capset(&head, &data[0]); err != nil {
		return fmt.Errorf("capset: %w", err)
	}
	for _, c := range caps {
		engine.Noticef("   RETAINING CAP %d", c)
	}
	return nil
}

//export go_lws_finalize_startup
func go_lws_finalize_startup(cx *C.struct_lws_context) C.int {
	return onContext(cx, "lws_finalize_startup", 1, func(ctx *engine.Context) C.int {
		return b2i(ctx.Finalize() != nil)
	})
}
