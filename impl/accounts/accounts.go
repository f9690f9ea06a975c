// SPDX-License-Identifier: MIT

// Package accounts knows users and groups by name and by number, as libc does. os/user would do
// it, with 18 KB more in every program.
package accounts

/*
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

// Finds the group or user of that name or, where that is NULL, that number; the caller frees the
// name found. 0 or errno.
static int account(int group, const char *name, unsigned int *id, char **found)
{
	char *room = NULL, *more;
	struct passwd u, *is_u;
	struct group g, *is_g;
	size_t n = 512;
	int e;

	do {
		n *= 2;
		more = realloc(room, n);
		if (!more) {
			free(room);
			return ENOMEM;
		}
		room = more;
		is_u = NULL;
		is_g = NULL;
		if (group)
			e = name ? getgrnam_r(name, &g, room, n, &is_g) :
				   getgrgid_r((gid_t)*id, &g, room, n, &is_g);
		else
			e = name ? getpwnam_r(name, &u, room, n, &is_u) :
				   getpwuid_r((uid_t)*id, &u, room, n, &is_u);
	} while (e == ERANGE && n < 1 << 20);
	if (!e && !is_u && !is_g)
		e = ENOENT;
	if (!e) {
		*id = group ? (unsigned int)g.gr_gid : (unsigned int)u.pw_uid;
		*found = strdup(group ? g.gr_name : u.pw_name);
		if (!*found)
			e = ENOMEM;
	}
	free(room);
	return e;
}
*/
import "C"

import (
	"fmt"
	"strconv"
	"strings"
	"syscall"
	"unsafe"
)

// UserID is the number of a user.
func UserID(name string) (int, error) {
	id, _, err := find("user", 0, &name, 0)
	return id, err
}

// GroupID is the number of a group.
func GroupID(name string) (int, error) {
	id, _, err := find("group", 1, &name, 0)
	return id, err
}

// UserName is the name of a user.
func UserName(uid int) (string, error) {
	_, name, err := find("userid", 0, nil, uid)
	return name, err
}

// GroupName is the name of a group.
func GroupName(gid int) (string, error) {
	_, name, err := find("groupid", 1, nil, gid)
	return name, err
}

func find(what string, group C.int, name *string, id int) (int, string, error) {
	var by, found *C.char
	n, said := C.uint(id), strconv.Itoa(id)
	if name != nil {
		if strings.IndexByte(*name, 0) >= 0 {
			return 0, "", syscall.EINVAL
		}
		by, said = C.CString(*name), *name
		defer C.free(unsafe.Pointer(by))
	}
	switch e := C.account(group, by, &n, &found); syscall.Errno(e) {
	case 0:
		defer C.free(unsafe.Pointer(found))
		return int(n), C.GoString(found), nil
	case syscall.ENOENT, syscall.ESRCH, syscall.EBADF, syscall.EPERM: // what getpwnam(3) has for none
		return 0, "", fmt.Errorf("unknown %s %s", what, said)
	default:
		return 0, "", fmt.Errorf("lookup of %s %s: %w", what, said, syscall.Errno(e))
	}
}
