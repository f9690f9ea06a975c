// SPDX-License-Identifier: MIT

package listen

import (
	"net"
	"net/netip"
	"slices"
	"strconv"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// TestInterfaces: number and addresses of each interface are what package net says.
//
// Seen to fail: with the other end's address for this one's, and with those of all interfaces.
func TestInterfaces(t *testing.T) {
	all, err := net.Interfaces()
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range all {
		if n, err := InterfaceIndex(i.Name); err != nil || n != i.Index {
			t.Errorf("%s: %d, %v, not %d", i.Name, n, err, i.Index)
		}
		addrs, err := i.Addrs()
		if err != nil {
			t.Fatal(err)
		}
		var want []netip.Addr
		for _, a := range addrs {
			ip, _ := netip.AddrFromSlice(a.(*net.IPNet).IP)
			if ip = ip.Unmap(); ip.IsLinkLocalUnicast() && ip.Is6() {
				ip = ip.WithZone(strconv.Itoa(i.Index))
			}
			want = append(want, ip)
		}
		if got, err := addressesOf(i.Index); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %v, %v, not %v", i.Name, got, err, want)
		}
	}
	mine, theirs := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
	line := []syscall.NetlinkRouteAttr{{Value: theirs.AsSlice()}, {Value: mine.AsSlice()}}
	line[0].Attr.Type, line[1].Attr.Type = unix.IFA_ADDRESS, unix.IFA_LOCAL
	for range 2 {
		if a, ok := ownOf(line); !ok || a != mine {
			t.Errorf("%v, not %v", a, mine)
		}
		slices.Reverse(line)
	}
	for _, name := range []string{"", "nosuch0", "a-name-that-is-longer-than-they-may-be"} {
		if n, err := InterfaceIndex(name); err == nil {
			t.Errorf("%q: %d", name, n)
		}
	}
}
