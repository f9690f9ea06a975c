// SPDX-License-Identifier: MIT

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"libwebsockets/tools/progress"
)

// What takes longest begins first, and the checks run beside the tests: here either waits for
// the other. Seen to fail with the checks before the tests, and with the packages as they are listed.
func TestOrder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	const fake = `#!/bin/sh
cd "$(dirname "$0")" || exit 3
case $1 in
list) echo libwebsockets/impl/text/b64 libwebsockets/c_tests/trace libwebsockets/abi_test ;;
test) echo "$*" >args; timeout 30 cat meet >/dev/null || exit 3
	echo '{"Action":"pass","Package":"libwebsockets/c_tests/trace","Test":"TestTrace"}' ;;
esac
`
	if err := os.WriteFile(filepath.Join(dir, "go"), []byte(fake), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mkfifo(filepath.Join(dir, "meet"), 0o600); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	s := newSummary(progress.Plain(&out), repeater{module: "libwebsockets"})
	r := runner{summary: s, goCommand: filepath.Join(dir, "go"), lint: "timeout 30 sh -c 'echo >" + dir + "/meet'"}
	if err := r.run([]string{"./..."}); err != nil || s.passed != 2 || s.failed != 0 {
		t.Errorf("%v, %d passed, %d failed:\n%s", err, s.passed, s.failed, &out)
	}
	args, err := os.ReadFile(filepath.Join(dir, "args"))
	if want := " libwebsockets/c_tests/trace libwebsockets/abi_test libwebsockets/impl/text/b64\n"; err != nil || !strings.HasSuffix(string(args), want) {
		t.Errorf("go %s, %v", args, err)
	}
}
