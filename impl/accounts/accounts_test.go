// SPDX-License-Identifier: MIT

package accounts

import (
	"os/user"
	"strconv"
	"testing"
)

// TestAccounts: os/user says the same of those that every system has, and of none.
//
// Seen to fail: with groups looked for among users.
func TestAccounts(t *testing.T) {
	for _, name := range []string{"root", "daemon", "nobody", "nogroup", "sys", "", "no such one", "a\x00b"} {
		u, bad := user.Lookup(name)
		uid, err := UserID(name)
		if (err == nil) != (bad == nil) || err == nil && strconv.Itoa(uid) != u.Uid {
			t.Errorf("user %q: %d, %v, os/user: %v, %v", name, uid, err, u, bad)
		}
		g, bad := user.LookupGroup(name)
		gid, err := GroupID(name)
		if (err == nil) != (bad == nil) || err == nil && strconv.Itoa(gid) != g.Gid {
			t.Errorf("group %q: %d, %v, os/user: %v, %v", name, gid, err, g, bad)
		}
	}
	for _, id := range []int{0, 1, 3, 65534, 54321, 1 << 30} {
		u, bad := user.LookupId(strconv.Itoa(id))
		name, err := UserName(id)
		if (err == nil) != (bad == nil) || err == nil && name != u.Username {
			t.Errorf("user %d: %q, %v, os/user: %v, %v", id, name, err, u, bad)
		}
		g, bad := user.LookupGroupId(strconv.Itoa(id))
		name, err = GroupName(id)
		if (err == nil) != (bad == nil) || err == nil && name != g.Name {
			t.Errorf("group %d: %q, %v, os/user: %v, %v", id, name, err, g, bad)
		}
	}
}
