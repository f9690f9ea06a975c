// SPDX-License-Identifier: MIT

package examples

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"libwebsockets/c_tests/harness"
)

// Most examples have their port and their peer's name built in. So every drive
// is a process of its own, this test binary again, in a network of its own:
// port 7681 is free there, and warmcat.com is at home.

// names are the hosts that the examples look for; in a drive they are here.
var names = []string{"localhost", "warmcat.com", "libwebsockets.org", "connectivitycheck.android.com", "fstream.binance.com"}

// inside are the variables that tell the second process what to do.
const inside = "LWS_EXAMPLES_INSIDE"

// isolated prepares this test binary to run one test in namespaces of its own.
func isolated(test string, env ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], "-test.run=^"+test+"$", "-test.v", "-test.count=1", "-test.timeout=100s")
	cmd.Env = append(append(os.Environ(), inside+"=1"), env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET | syscall.CLONE_NEWNS | syscall.CLONE_NEWPID}
	if os.Getuid() != 0 {
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
	cmd.WaitDelay = time.Second
	return cmd
}

// mayIsolate skips the test where the system does not let us.
func mayIsolate(t testing.TB) {
	t.Helper()
	out, err := isolated("TestNamespace").CombinedOutput()
	if err != nil {
		t.Skipf("no network namespace of our own here (the examples have fixed ports and hosts): %v\n%s", err, out)
	}
}

// settle is the first thing in the second process.
func settle() error {
	if err := harness.LoopbackUp(); err != nil {
		return fmt.Errorf("bring the loopback interface up: %w", err)
	}
	if err := syscall.Mount("none", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("private mounts: %w", err)
	}
	dir, err := os.MkdirTemp("", "lws-hosts-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	for f, text := range map[string]string{
		"/etc/hosts":       "127.0.0.1 " + strings.Join(names, " ") + "\n",
		"/etc/resolv.conf": "",
	} {
		mine := filepath.Join(dir, filepath.Base(f))
		if err := os.WriteFile(mine, []byte(text), 0o644); err != nil {
			return err
		}
		if err := syscall.Mount(mine, f, "", syscall.MS_BIND, ""); err != nil {
			return fmt.Errorf("our own %s: %w", f, err)
		}
	}
	return nil
}

// TestNamespace is the second process's side of mayIsolate.
func TestNamespace(t *testing.T) {
	if os.Getenv(inside) == "" {
		t.Skip("run by TestExamples")
	}
	must(t, settle())
}
