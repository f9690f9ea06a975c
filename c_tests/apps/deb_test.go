// SPDX-License-Identifier: MIT

package apps

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"libwebsockets/c_tests/harness"
)

// TestDeb makes the packages and installs them in a folder whose package
// database is a copy of the machine's, which has Debian's libwebsockets17 and
// janus, and also the programs that tools/fetch-reference has unpacked. Ours must
// replace Debian's, and everybody's dependencies must still be met. Without the
// Provides of packaging/debian/control dpkg refuses.
func TestDeb(t *testing.T) {
	debs := t.TempDir()
	run(t, "", nil, filepath.Join(harness.Top(), "tools", "deb"), debs)
	files, _ := filepath.Glob(filepath.Join(debs, "*.deb"))
	if len(files) < 2 {
		t.Fatalf("packages: %q", files)
	}
	root, admin := packageDatabase(t)
	dpkg := func(args ...string) (string, error) {
		cmd := exec.Command("fakeroot", append([]string{"dpkg", "--root=" + root, "--force-not-root,bad-path", "--log=/dev/null"}, args...)...)
		cmd.Env = append(os.Environ(), "LC_ALL=C", "PATH="+os.Getenv("PATH")+":/sbin:/usr/sbin")
		b, err := cmd.CombinedOutput()
		return string(b), err
	}
	before := installedPackages(t, admin)
	if before["libwebsockets17"] == "" || before["janus"] == "" {
		t.Fatal("the machine has no libwebsockets17 and no janus: run tools/deps first")
	}
	aptCheck(t, admin)

	out, err := dpkg(append([]string{"--auto-deconfigure", "-i"}, files...)...)
	if err != nil {
		t.Fatalf("dpkg -i: %v\n%s", err, out)
	}
	got := installedPackages(t, admin)
	for _, f := range files {
		name, _, _ := strings.Cut(filepath.Base(f), "_")
		if got[name] == "" {
			t.Errorf("%s is not installed:\n%s", name, out)
		}
	}
	replaced := regexp.MustCompile("^libwebsockets(17|-dev|-evlib-.*)$")
	for p := range before {
		if (got[p] == "") != replaced.MatchString(p) {
			t.Errorf("%s, which was installed, has now version %q", p, got[p])
		}
	}
	for _, p := range []string{"janus", "kamailio-lwsc-modules", "rtpengine-daemon", "driftnet", "csound-plugins", "swupdate", "seafile-daemon", "ardour"} {
		if got[p] == "" {
			t.Errorf("%s is not installed any more", p)
		}
	}
	aptCheck(t, admin)
	if out, err := dpkg("-r", "libwebsockets17-go"); err == nil || !strings.Contains(out, "depend") {
		t.Errorf("the library can be removed from under the programs: %v\n%s", err, out)
	}

	// What was installed is whole: a program is built with it, and serves.
	lib := library{harness.Ref17, "ours", filepath.Join(root, multiarch), filepath.Join(root, "usr", "include")}
	flags := strings.Fields(run(t, "", []string{"PKG_CONFIG_LIBDIR=" + lib.dir + "/pkgconfig:/usr/" + strings.TrimPrefix(multiarch, "usr/") + "/pkgconfig:/usr/share/pkgconfig", "PKG_CONFIG_SYSROOT_DIR=" + root, "PKG_CONFIG_PATH="},
		"pkg-config", "--cflags", "--libs", "libwebsockets"))
	exe := compile(t, "gcc", source(t, "test-apps", "test-server.c"), append(append([]string{"-w", dataDir(t)}, flags...), "-L"+lib.dir, "-lssl", "-lcrypto")...)
	s := program{"deb", exe, lib}.serve(t)
	checkLoaded(t, lib, s.Pid())
	drive(t, s.addr())
	interrupt(t, s.Proc)
	for _, f := range []string{"usr/lib/x86_64-linux-gnu/cmake/libwebsockets/libwebsockets-config.cmake", "usr/share/doc/libwebsockets17-go/copyright",
		"usr/share/doc/libwebsockets17-go/changelog.gz"} {
		if _, err := os.Stat(filepath.Join(root, f)); err != nil {
			t.Error(err)
		}
	}
	symbols, err := os.ReadFile(filepath.Join(admin, "info", "libwebsockets17-go:amd64.symbols"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"libwebsockets.so.17 libwebsockets17 #MINVER#\n| libwebsockets17-go #MINVER#\n", "\n lws_create_context@Base 4.1.6\n",
		"\n lws_create_context_sized@Base 4.1.6+go1 1\n"} {
		if !strings.Contains(string(symbols), want) {
			t.Errorf("the symbols file has no %q", want)
		}
	}
}

// packageDatabase is a copy of the machine's database of packages, with the
// unpacked programs in it.
func packageDatabase(t *testing.T) (root, admin string) {
	t.Helper()
	root = t.TempDir()
	admin = filepath.Join(root, "var", "lib", "dpkg")
	for _, d := range []string{"info", "updates", "triggers", "alternatives"} {
		if err := os.MkdirAll(filepath.Join(admin, d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	status, err := os.ReadFile("/var/lib/dpkg/status")
	if err != nil {
		t.Fatal(err)
	}
	controls, _ := filepath.Glob(filepath.Join(debianFile(t, "control"), "*.deb"))
	var b strings.Builder
	b.Write(status)
	have := regexp.MustCompile(`(?m)^Package: (.*)$`).FindAllStringSubmatch(string(status), -1)
	known := map[string]bool{}
	for _, m := range have {
		known[m[1]] = true
	}
	for _, c := range controls {
		text, err := os.ReadFile(c)
		if err != nil {
			t.Fatal(err)
		}
		name, rest, _ := strings.Cut(strings.TrimSpace(string(text)), "\n")
		if known[strings.TrimPrefix(name, "Package: ")] {
			continue
		}
		fmt.Fprintf(&b, "\n%s\nStatus: install ok installed\n%s\n", name, rest)
	}
	write(t, admin, "status", b.String())
	write(t, admin, "available", "")
	write(t, filepath.Join(admin, "info"), "format", "1\n")
	return root, admin
}

// installedPackages are the versions of what is installed.
func installedPackages(t *testing.T, admin string) map[string]string {
	t.Helper()
	out := run(t, "", nil, "dpkg-query", "--admindir="+admin, "-W", "-f", "${Package} ${Version} ${db:Status-Status}\n")
	l := map[string]string{}
	for line := range strings.Lines(out) {
		if f := strings.Fields(line); len(f) == 3 && f[2] == "installed" {
			l[f[0]] = f[1]
		}
	}
	return l
}

// aptCheck has apt look at all dependencies.
func aptCheck(t *testing.T, admin string) {
	t.Helper()
	lists := t.TempDir()
	if err := os.Mkdir(filepath.Join(lists, "partial"), 0o755); err != nil {
		t.Fatal(err)
	}
	out, code := runCode(t, "apt-get", "-o", "Dir::State::status="+admin+"/status", "-o", "Dir::State::lists="+lists, "-o", "Dir::Cache="+lists,
		"-o", "Dir::Cache::pkgcache=", "-o", "Dir::Cache::srcpkgcache=", "-o", "Debug::NoLocking=true", "check")
	if code != 0 {
		t.Errorf("apt-get check: exit status %d\n%s", code, out)
	}
}
