// SPDX-License-Identifier: MIT

// Package arm64 builds the library for arm64 (make lib ARCH=arm64) and runs under
// qemu-user, on a machine that is none, what needs no reference of that architecture: the
// tests of other folders, with their programs compiled for it (LWS_ARCH,
// harness/foreign.go), and the original's test server with its page. Their peers are this
// machine's. docs/arm64.md says what that cannot show.
package arm64

import (
	"bytes"
	"context"
	"debug/elf"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"libwebsockets/c_tests/harness"
)

const (
	arch     = "arm64"
	compiler = "aarch64-linux-gnu-gcc"
)

// elsewhere are the tests of other folders that run here.
var elsewhere = []struct {
	folder string
	tests  []string
}{
	// late starts, forks before and after, pthread_cancel, signals whose handlers need much
	// stack, faults in Go code
	{"faults", []string{"TestLoads", "TestForks", "TestForkBoth", "TestForkChildren", "TestForkInCallback", "TestCancel", "TestAlarm", "TestEarlyAnswer", "TestLibraryFaults"}},
	{"conformance", []string{"TestEchoBeforeBadFrameOverTLS", "TestDeflateOffers", "TestDeflateServer"}},
	{"h2", []string{"TestStreams", "TestWebSocket"}},
	{"tls", []string{"TestCurl"}},
	{"loops", []string{"TestPushThread"}}, // all plugins
}

var building = sync.OnceValues(func() (string, error) {
	cmd := exec.Command("make", "-s", "-C", harness.Top(), "lib", "ARCH="+arch)
	// Not what make test was given: a PART, an ABI.
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "MAKE") || strings.HasPrefix(v, "MFLAGS=") })
	out, err := cmd.CombinedOutput()
	return string(out), err
})

// built has the library built, or skips the test.
func built(t *testing.T) (lib string) {
	t.Helper()
	if runtime.GOARCH == arch {
		t.Skip("this machine is one: all tests run on it")
	}
	if _, err := exec.LookPath(compiler); err != nil {
		t.Skipf("SKIPPED: there is no %s: tools/deps -a %s installs it", compiler, arch)
	}
	if harness.Emulator(arch) == "" {
		t.Skip("SKIPPED: there is no qemu-aarch64-static (Debian's package qemu-user-static): nothing is run on arm64")
	}
	if out, err := building(); err != nil {
		t.Fatalf("make lib ARCH=%s: %v\n%s", arch, err, out)
	}
	return filepath.Join(harness.Top(), "build", arch, "lib")
}

// TestArm64: what passes on this machine's library passes on that of arm64.
//
// Seen to fail: TestLibraryFaults and TestForks on a library that looked for Go's thread
// variable by amd64's name (faults near NULL ended the process), TestAlarm on one without
// tools/signalsafe ("entersyscall inconsistent bp", within a second).
func TestArm64(t *testing.T) {
	built(t)
	for _, e := range elsewhere {
		t.Run(e.folder, func(t *testing.T) {
			ctx, stop := context.WithTimeout(t.Context(), 5*time.Minute)
			defer stop()
			cmd := exec.CommandContext(ctx, "go", "test", "-count=1", "-v", "-run", "^("+strings.Join(e.tests, "|")+")$", "./c_tests/"+e.folder)
			cmd.Dir, cmd.Env = harness.Top(), append(os.Environ(), "LWS_ARCH="+arch)
			cmd.WaitDelay = time.Second
			out, err := cmd.CombinedOutput()
			said := string(out)
			for _, name := range e.tests {
				t.Run(name, func(t *testing.T) {
					how := regexp.MustCompile(`(?m)^ *--- (\w+): `+name+`[ /].*$`).FindAllStringSubmatch(said, -1)
					if len(how) == 0 {
						t.Error("it did not run")
					}
					for _, h := range how {
						if h[1] != "PASS" {
							t.Error(h[0])
						}
					}
				})
			}
			if err != nil {
				t.Errorf("%v\n%s", err, said)
			}
		})
	}
}

// TestPage: the original's test server, its source unchanged, serves its page, and counts;
// with both ABIs. Seen to fail with timers that are not set.
func TestPage(t *testing.T) {
	built(t)
	t.Setenv("LWS_ARCH", arch)
	share := harness.Reference(t, "root", "usr", "share")
	page, err := os.ReadFile(filepath.Join(share, "libwebsockets-test-server", "test.html"))
	if err != nil {
		t.Fatal(err)
	}
	for _, side := range []harness.Side{harness.So17, harness.So19} {
		t.Run(side.Name, func(t *testing.T) {
			args := slices.Concat([]string{"-O2", "-w", fmt.Sprintf(`-DINSTALL_DATADIR="%s"`, share), side.Ref.Source(t, "test-apps", "test-server.c")},
				side.Headers(t), []string{"-L" + harness.Lib(t), "-l:" + side.Ref.Soname(), "-lssl", "-lcrypto"})
			exe := harness.CC{Name: "test-server-" + side.Name}.Program(t, args...)
			port := harness.FreePort(t)
			p := side.Start(t, nil, exe, "-r", filepath.Join(share, "libwebsockets-test-server"), "-p", fmt.Sprint(port))
			p.Port = port
			p.Listening(port)
			r, err := http.Get("http://" + p.Addr() + "/")
			if err != nil {
				t.Fatal(err)
			}
			defer r.Body.Close()
			if got, err := io.ReadAll(r.Body); err != nil || r.StatusCode != 200 || !bytes.Equal(got, page) {
				t.Errorf("the page: %d, %d bytes, %v", r.StatusCode, len(got), err)
			}
			ws := harness.MustDial(t, p.Addr(), "Sec-WebSocket-Protocol: dumb-increment-protocol\r\n")
			for want := range 5 {
				if _, got, err := ws.ReceiveMessage(); err != nil || string(got) != fmt.Sprint(want) {
					t.Fatalf("%q, not %d (%v)", got, want, err)
				}
			}
		})
	}
}

// TestEcho: so.19 echoes. (So.17 is TestArm64's.) Seen to fail with a frame's length in the wrong order.
func TestEcho(t *testing.T) {
	built(t)
	t.Setenv("LWS_ARCH", arch)
	exe := harness.So19.Program(t, filepath.Join(harness.Top(), "c_tests/harness/prog/echo_server.c"), "-lpthread", "-ldl")
	p := harness.So19.Start(t, nil, exe, "-x", "-u").Ready()
	ws := harness.MustDial(t, p.Addr(), "")
	for _, size := range []int{0, 1, 125, 126, 4096, 70000} {
		want := bytes.Repeat([]byte("echo!"), size/5+1)[:size]
		if err := ws.SendMessage(harness.Binary, want); err != nil {
			t.Fatal(err)
		}
		if _, got, err := ws.ReceiveMessage(); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%d bytes: %d came (%v)", size, len(got), err)
		}
	}
	if err := ws.CloseCleanly(); err != nil {
		t.Error(err)
	}
	p.Stop()
}

// TestFile: the libraries are arm64's and nothing else, with all plugins, and no function
// of them saves its return address below the stack pointer: signals of programs are
// delivered there, but qemu's only between blocks of instructions, so that TestAlarm
// cannot see it. Seen to fail without tools/signalsafe.
func TestFile(t *testing.T) {
	lib := built(t)
	for _, name := range []string{"libwebsockets.so.17", "libwebsockets.so.19", harness.Plugin("uv"), harness.Plugin("ev"), harness.Plugin("glib"), harness.Plugin("event")} {
		f, err := elf.Open(filepath.Join(lib, name))
		if err != nil {
			t.Error(err)
			continue
		}
		defer f.Close()
		if f.Machine != elf.EM_AARCH64 {
			t.Errorf("%s is for %v", name, f.Machine)
		}
		code, err := f.Section(".text").Data()
		if err != nil {
			t.Fatal(err)
		}
		for i, n := 0, 0; i+8 <= len(code); i += 4 {
			// stp x29, x30, [x20, #-8]; mov sp, x20
			if binary.LittleEndian.Uint32(code[i:]) == 0xa93ffa9d && binary.LittleEndian.Uint32(code[i+4:]) == 0x9100029f {
				if n++; n == 1 {
					t.Errorf("%s: at %#x the return address is saved below the stack pointer", name, f.Section(".text").Addr+uint64(i))
				}
			}
		}
	}
}
