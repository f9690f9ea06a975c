// SPDX-License-Identifier: MIT

package abitest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"libwebsockets/c_tests/harness"
)

// A copy installed with make install is found through pkg-config, and a
// program built against it runs with it and asks for that library. make uninstall
// takes all of it away, and nothing else.
func TestInstalledCopy(t *testing.T) {
	for _, a := range abis {
		t.Run(a.soname(), func(t *testing.T) { installedCopy(t, a) })
	}
}

func installedCopy(t *testing.T, a abi) {
	dest, err := filepath.Abs(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	others := dest + "/opt/lws/include/libwebsockets/others.h"
	if err := os.MkdirAll(filepath.Dir(others), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(others, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	run(t, nil, "make", "-s", "-C", root, "install", "ABI="+a.name, "DESTDIR="+dest, "PREFIX=/opt/lws", "LIBDIR=/opt/lws/lib",
		"INCLUDEDIR=/opt/lws/include")
	if _, err := os.Stat(dest + "/opt/lws/lib/pkgconfig/libwebsockets.pc"); err != nil {
		t.Fatal("make install did not install lib/pkgconfig/libwebsockets.pc")
	}
	if _, err := os.Stat(dest + "/opt/lws/share/libwebsockets-test-server/lws-common.js"); err != nil {
		t.Error("make install did not install what pages include")
	}
	pkg := []string{"PKG_CONFIG_PATH=" + dest + "/opt/lws/lib/pkgconfig", "PKG_CONFIG_SYSROOT_DIR=" + dest}
	if v := strings.TrimSpace(run(t, pkg, "pkg-config", "--modversion", "libwebsockets")); strings.TrimSuffix(v, "-") != a.version {
		t.Errorf("pkg-config says version %q", v)
	}
	flags := strings.Fields(run(t, pkg, "pkg-config", "--cflags", "--libs", "libwebsockets"))
	for _, want := range []string{"-I" + dest + "/opt/lws/include", "-L" + dest + "/opt/lws/lib", "-lwebsockets"} {
		if !strings.Contains(strings.Join(flags, " "), want) {
			t.Errorf("pkg-config does not say %s: %q", want, flags)
		}
	}
	program := harness.CC{}.Program(t, append([]string{"-Wall", "-Wextra", "-Werror", "testdata/version.c"}, flags...)...)
	if needs := run(t, nil, "readelf", "-d", program); !strings.Contains(needs, "["+a.soname()+"]") {
		t.Errorf("the program does not ask for %s:\n%s", a.soname(), needs)
	}
	out := run(t, []string{"LD_LIBRARY_PATH=" + dest + "/opt/lws/lib"}, program)
	if !strings.HasPrefix(out, a.version) {
		t.Errorf("the library calls itself %q", out)
	}
	if _, err := os.Stat(dest + "/opt/lws/share/doc/libwebsockets/sbom.spdx.json"); err != nil {
		t.Error("make install did not install what tells what is linked in")
	}
	run(t, nil, "make", "-s", "-C", root, "uninstall", "DESTDIR="+dest, "PREFIX=/opt/lws")
	if left := strings.Fields(run(t, nil, "find", dest, "-mindepth", "1", "-printf", "%P\n")); strings.Join(left, " ") !=
		"opt opt/lws opt/lws/include opt/lws/include/libwebsockets opt/lws/include/libwebsockets/others.h" {
		t.Errorf("make uninstall leaves %q", left)
	}
}

// What is installed unasked is this machine's, as are -lwebsockets and the headers of the
// checkout. Seen to fail with so.17 as the Makefile's default and 19 the machine's.
func TestDefaultIsTheMachines(t *testing.T) {
	abi := strings.TrimSpace(run(t, nil, root+"/tools/default-abi"))
	if out := run(t, nil, "make", "-n", "-C", root, "install-headers", "DESTDIR=/nowhere"); !strings.Contains(out, " include/"+abi+"/lws_config.h ") {
		t.Errorf("make install-headers would do\n%s", out)
	}
	if to, err := os.Readlink(root + "/build/lib/libwebsockets.so"); err != nil || to != "libwebsockets.so."+abi {
		t.Errorf("libwebsockets.so is %s, %v", to, err)
	}
	if text, err := os.ReadFile(ourInclude + "/lws_abi.h"); err != nil || !strings.HasSuffix(string(text), "\n#define LWS_ABI_DEFAULT "+abi+"\n") {
		t.Errorf("lws_abi.h: %v\n%s", err, text)
	}
}

// Installed headers are of one interface, and programs need not say which. Seen to fail
// where the file of so.17 was installed for both.
func TestInstalledHeaders(t *testing.T) {
	for _, a := range abis {
		dest, err := filepath.Abs(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		run(t, nil, "make", "-s", "-C", root, "install-headers", "ABI="+a.name, "DESTDIR="+dest, "INCLUDEDIR=/include")
		got, want := parse(t, dest+"/include", "#include <libwebsockets.h>\n"), a.ours(t, "#include <libwebsockets.h>\n")
		for _, d := range Compare(want, got, &Extensions{}) {
			t.Errorf("%s: %s", a.name, d)
		}
		for _, name := range []string{"LWS_ABI", "LWS_ABI_DEFAULT"} {
			if _, is := got.Macros[name]; is {
				t.Errorf("%s: %s is defined", a.name, name)
			}
		}
	}
}

// run fails the test with what the command said if it does not succeed.
func run(t *testing.T, env []string, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), env...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s%s", name, strings.Join(args, " "), err, out, stderr.String())
	}
	return string(out)
}
