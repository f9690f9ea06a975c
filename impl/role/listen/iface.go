// SPDX-License-Identifier: MIT

package listen

import (
	"encoding/binary"
	"net/netip"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// InterfaceIndex is the number of an interface. (Package net, which knows it too, would be 60 KB in
// every program, and work at each start.)
func InterfaceIndex(name string) (int, error) {
	r, err := unix.NewIfreq(name)
	if err != nil {
		return 0, err
	}
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0, err
	}
	defer unix.Close(fd)
	if err := unix.IoctlIfreq(fd, unix.SIOCGIFINDEX, r); err != nil {
		return 0, err
	}
	return int(r.Uint32()), nil
}

// addressesOf are an interface's own addresses, as the kernel has them in order.
func addressesOf(index int) ([]netip.Addr, error) {
	rib, err := syscall.NetlinkRIB(unix.RTM_GETADDR, unix.AF_UNSPEC)
	if err != nil {
		return nil, err
	}
	all, err := syscall.ParseNetlinkMessage(rib)
	if err != nil {
		return nil, err
	}
	var l []netip.Addr
	for i := range all {
		m := &all[i]
		if m.Header.Type != unix.RTM_NEWADDR || len(m.Data) < unix.SizeofIfAddrmsg ||
			binary.NativeEndian.Uint32(m.Data[4:]) != uint32(index) {
			continue
		}
		attrs, err := syscall.ParseNetlinkRouteAttr(m)
		if err != nil {
			return nil, err
		}
		if a, ok := ownOf(attrs); ok {
			if a = a.Unmap(); a.IsLinkLocalUnicast() && a.Is6() {
				a = a.WithZone(strconv.Itoa(index))
			}
			l = append(l, a)
		}
	}
	return l, nil
}

// ownOf is this end's address; that of a line with two ends has the other one's, too.
func ownOf(attrs []syscall.NetlinkRouteAttr) (own netip.Addr, ok bool) {
	for _, a := range attrs {
		if a.Attr.Type != unix.IFA_LOCAL && (a.Attr.Type != unix.IFA_ADDRESS || ok) {
			continue
		}
		if ip, is := netip.AddrFromSlice(a.Value); is {
			own, ok = ip, true
		}
	}
	return own, ok
}
