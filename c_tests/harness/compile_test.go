// SPDX-License-Identifier: MIT

package harness

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// TestCompiledOnce: what is compiled is kept as long as nothing that it depends on is
// another, and only so long.
//
// Seen to fail: with the files that a list names left out of the key (a header's and a
// library's change was not noticed), without the names below -I (a hiding header was
// not), without the lock (some calls at a time compile several times).
func TestCompiledOnce(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		t.Helper()
		f := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(f), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(f, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
		return f
	}
	runs := filepath.Join(dir, "runs")
	cc := CC{Compiler: file("cc", "#!/bin/sh\n[ \"$1\" = -v ] || echo >>"+runs+"\nexec gcc \"$@\"\n"), Dir: dir, Kept: filepath.Join(dir, "kept")}
	file("first/none.h", "")
	file("second/number.h", "#define NUMBER 1\n")
	file("a.c", "#include <stdio.h>\n#include <number.h>\nint b(void);\nint main(void) { printf(\"%d\", NUMBER * 100 + b()); }\n")
	file("b.c", "int c(void);\nint b(void) { return c(); }\n")
	args := []string{"-Ifirst", "-I", "second", "a.c", "b.c", "-L.", "-l:c.so", "-Wl,-rpath," + dir}
	expect := func(what, says string, compilerRuns int) {
		t.Helper()
		_ = os.Remove(runs)
		exe := cc.Program(t, args...)
		if out, err := exec.Command(exe).Output(); err != nil || string(out) != says {
			t.Errorf("%s: the program says %q (%v), not %q", what, out, err, says)
		}
		b, _ := os.ReadFile(runs)
		if n := strings.Count(string(b), "\n"); n != compilerRuns {
			t.Errorf("%s: %d runs of the compiler, not %d", what, n, compilerRuns)
		}
	}
	so := func(n string) {
		t.Helper()
		CopyFile(t, cc.Program(t, "-shared", "-fPIC", file("c.c", "int c(void) { return "+n+"; }\n")), filepath.Join(dir, "c.so"))
	}
	so("7")
	expect("at first", "107", 3)
	expect("again", "107", 0)
	file("second/number.h", "#define NUMBER 2\n")
	expect("a header is another", "207", 2)
	file("second/number.h", "#define NUMBER 1\n")
	expect("it is as it was", "107", 0)
	file("first/number.h", "#define NUMBER 3\n")
	expect("a header that hides another", "307", 3) // and b.c, which cannot know
	so("8")
	expect("a library is another", "308", 1)
	args = append(args, "-O1")
	expect("another flag", "308", 3)

	args = append(args, "-O2")
	_ = os.Remove(runs)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() { cc.Program(t, args...) })
	}
	all.Wait()
	if b, _ := os.ReadFile(runs); strings.Count(string(b), "\n") != 3 {
		t.Errorf("several at a time: %d runs of the compiler, not 3", strings.Count(string(b), "\n"))
	}

	file("b.c", "int b(void) { return nothing; }\n")
	if _, err := cc.Try(t, args...); err == nil || !strings.Contains(err.Error(), "nothing") {
		t.Errorf("the compiler's error is not told: %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(cc.Kept, "tmp-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
