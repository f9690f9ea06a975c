// SPDX-License-Identifier: MIT

package tools

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// compiled is what gcc makes of a source, and its path.
func compiled(t *testing.T, name, source string, args ...string) string {
	t.Helper()
	dir := t.TempDir()
	c, out := filepath.Join(dir, "source.c"), filepath.Join(dir, name)
	if err := os.WriteFile(c, []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	if said, err := exec.Command("gcc", append([]string{"-o", out, c}, args...)...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	return out
}

// The first line of tools/check-app says what comes of a program. Seen to fail with the
// details before it, and with 0 for the status of what does not run.
func TestCheckAppSummary(t *testing.T) {
	t.Parallel()
	library := compiled(t, "libwebsockets.so.17", "void lws_there(void) {} void lws_too(void) {}", "-shared", "-fPIC", "-Wl,-soname,libwebsockets.so.17")
	good := compiled(t, "good", "void lws_there(void), lws_too(void); int main(void) { lws_there(); lws_too(); }", library)
	more := compiled(t, "libwebsockets.so.17", "void lws_there(void) {} void lws_gone(void) {}", "-shared", "-fPIC", "-Wl,-soname,libwebsockets.so.17")
	bad := compiled(t, "bad", "void lws_there(void), lws_gone(void); int main(void) { lws_there(); lws_gone(); }", more)
	other := compiled(t, "other", "int main(void) { return 0; }")
	text := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(text, []byte("no ELF"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, want string
		code       int
		paths      []string
	}{
		{"works", good + ": runs on libwebsockets.so.17: symbols needed: 2, there: 2, missing: 0\n  ok      lws_there\n  ok      lws_too\n", 0, []string{good}},
		{"a symbol is missing", bad + ": does not run on libwebsockets.so.17: symbols needed: 2, there: 1, missing: 1\n  MISSING lws_gone\n  ok      lws_there\n", 1, []string{bad}},
		{"no ELF", "check-app: error: " + text + " is not an ELF file\n", 2, []string{text}},
		{"is not there", "check-app: error: cannot read /nonexistent\n", 2, []string{"/nonexistent"}},
		{"uses none", other + ": uses no libwebsockets: asks for none, and needs no symbol of one\n", 0, []string{other}},
		{"two", "1 of 2 run\n" + good + ": runs on", 1, []string{good, bad}},
		{"help", "Says whether a program or plugin runs", 0, []string{"-h"}},
		{"nothing", "check-app: error: usage:", 2, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, err := exec.Command("./check-app", append([]string{"-l", library}, c.paths...)...).CombinedOutput()
			code := 0
			if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
				code = exit.ExitCode()
			}
			if code != c.code || !strings.HasPrefix(string(out), c.want) {
				t.Errorf("exit status %d:\n%s\nshould be %d, and begin with:\n%s", code, out, c.code, c.want)
			}
		})
	}
}
