// SPDX-License-Identifier: MIT

package harness

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Top is the project's folder.
func Top() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..")
}

// Reference is a path below build/reference.
func Reference(t testing.TB, elem ...string) string {
	t.Helper()
	p := filepath.Join(append([]string{Top(), "build", "reference"}, elem...)...)
	if _, err := os.Stat(p); err != nil {
		t.Fatalf("%s is missing: run tools/fetch-reference -p first", p)
	}
	return p
}

// LoopbackUp brings up the loopback interface of a network namespace.
func LoopbackUp() error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	req, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	req.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
	_, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), unix.SIOCSIFFLAGS, uintptr(unsafe.Pointer(req)))
	runtime.KeepAlive(req)
	if errno != 0 {
		return errno
	}
	return nil
}
