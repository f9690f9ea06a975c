// SPDX-License-Identifier: MIT

package abitest

import (
	"errors"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"libwebsockets/c_tests/harness"
)

// build compiles a program of testdata; the copy is the test's own.
func build(t *testing.T, source string, more ...string) string {
	t.Helper()
	exe := filepath.Join(t.TempDir(), "program")
	args := []string{"-std=gnu11", "-Wall", "-Wextra", "-Werror", "testdata/" + source}
	harness.CopyFile(t, harness.CC{}.Program(t, append(args, more...)...), exe)
	return exe
}

// libraryPath is the variable that makes the loader prefer our library.
func libraryPath(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs(filepath.Dir(abi17.library()))
	if err != nil {
		t.Fatal(err)
	}
	return "LD_LIBRARY_PATH=" + dir
}

// A program that has the original linked in cannot be pointed at ours:
// tools/check-app says so (it used to find nothing missing), and in no event loop
// does it crash for LD_LIBRARY_PATH.
func TestLinkedIn(t *testing.T) {
	abi17.needReference(t)
	abi17.needLibrary(t)
	exe := build(t, "linked.c", "-I", abi17.debianHeader(), filepath.Join(filepath.Dir(abi17.debianLib()), "libwebsockets.a"), "-lssl", "-lcrypto", "-lcap")
	run(t, nil, "strip", exe)
	out, err := exec.Command(root+"/tools/check-app", "-l", abi17.debianLib(), exe).CombinedOutput()
	if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) || exit.ExitCode() != 1 || !strings.Contains(string(out), "linked in") {
		t.Errorf("check-app: %v\n%s", err, out)
	}
	for _, option := range []string{"LIBUV", "LIBEV", "GLIB", "LIBEVENT"} {
		bit := abi17.theirs(t, "#include <libwebsockets.h>\n").Macros["LWS_SERVER_OPTION_"+option].Value
		bit, _, _ = strings.Cut(bit, " ")
		if out := run(t, []string{libraryPath(t)}, exe, bit); !strings.HasSuffix(out, "end\n") {
			t.Errorf("%s (%s): %q", option, bit, out)
		}
	}
}

// The original's plugins in such a program call our library with the other's
// contexts: they are refused. Seen to fail where zeros passed for an idle context; in
// a program with Debian's glib plugin lws_service_fd crashed. Where refusing took no
// time, that program's loop took a whole processor.
func TestForeignContext(t *testing.T) {
	abi17.needLibrary(t)
	exe := build(t, "foreign.c", "-D"+abi17.define, "-I", ourInclude, abi17.library())
	const refused = "-1 -1 1 -1 -1\n"
	if out := run(t, []string{libraryPath(t)}, exe); out != strings.Repeat(refused, 4)+"0\nslowly\n" {
		t.Errorf("the calls answer\n%s", out)
	}
}
