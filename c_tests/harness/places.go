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

// Soname is the library's file.
const Soname = "libwebsockets.so.17"

// Lib is the folder of the library under test.
func Lib(t testing.TB) string {
	t.Helper()
	dir := filepath.Join(build(), "lib")
	if d := os.Getenv("LWS_LIB"); d != "" {
		dir = d
	}
	if _, err := os.Stat(filepath.Join(dir, Soname)); err != nil {
		t.Fatalf("no library in %s: run make lib first", dir)
	}
	return dir
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

// Place is where a library is, and the headers that go with it.
type Place struct{ Include, Lib string }

// File is the library itself.
func (p Place) File() string { return filepath.Join(p.Lib, Soname) }

// debianLib is where Debian's packages have the library, and where it looks for its plugins.
const debianLib = "/usr/lib/x86_64-linux-gnu"

// Debian is the reference of the library under test.
func Debian(t testing.TB) Place {
	t.Helper()
	return Place{Ref17.Headers(t), Ref17.Lib(t)}
}

// LibCopy is a folder with the library under test and some of its plugins: a build
// that goes on elsewhere does not matter to it.
func LibCopy(t testing.TB, plugins ...string) string {
	t.Helper()
	return Ref17.Ours(t, plugins...)
}

func copyPlugins(t testing.TB, from, to string, plugins []string) {
	t.Helper()
	for _, p := range plugins {
		CopyFile(t, filepath.Join(from, Plugin(p)), filepath.Join(to, Plugin(p)))
	}
}

// Plugin is the file of an event loop's plugin.
func Plugin(loop string) string { return "libwebsockets-evlib_" + loop + ".so" }

// CopyFile copies a library or program.
func CopyFile(t testing.TB, from, to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, data, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
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
