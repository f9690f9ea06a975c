// SPDX-License-Identifier: MIT

package apps

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"libwebsockets/c_tests/harness"
)

// debs are the packages of one Debian: its own library, and its programs that use it.
type debs struct {
	harness.Ref
	own      string // Debian's name of the library
	programs []string
}

// packages are ours, which are made once.
func (d debs) packages(t *testing.T) []string {
	t.Helper()
	dir := filepath.Join(tmp, fmt.Sprint("packages", d.ABI))
	files, _ := filepath.Glob(filepath.Join(dir, "*.deb"))
	if len(files) == 0 {
		makeDebs(t, harness.Top(), d.ABI, dir)
		files, _ = filepath.Glob(filepath.Join(dir, "*.deb"))
	}
	if len(files) < 4 {
		t.Fatalf("packages: %q", files)
	}
	return files
}

// makeDebs runs a checkout's tools/deb, which may take long.
func makeDebs(t *testing.T, top string, abi int, dir string, env ...string) {
	t.Helper()
	cmd := exec.Command(filepath.Join(top, "tools", "deb"), "-a", fmt.Sprint(abi), dir)
	cmd.Env = append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("tools/deb: %v\n%s", err, out)
	}
}

// TestDeb makes the packages of both Debian and installs them in a folder whose package
// database has Debian's own and the programs that tools/fetch-reference has unpacked. Of
// the machine's Debian it is a copy of the machine's, which also has janus; of a newer one
// it has nothing else. Ours must replace Debian's, and everybody's dependencies must still
// be met. Without the Provides of packaging/debian/control.in dpkg refuses.
func TestDeb(t *testing.T) {
	machine := strings.TrimSpace(run(t, "", nil, filepath.Join(harness.Top(), "tools", "default-abi")))
	for _, d := range []debs{
		{harness.Ref17, "libwebsockets17", []string{"kamailio-lwsc-modules", "rtpengine-daemon", "driftnet", "csound-plugins", "swupdate", "seafile-daemon", "ardour"}},
		{harness.Ref19, "libwebsockets19t64", []string{"mosquitto", "kamailio-lwsc-modules", "rtpengine-daemon", "driftnet", "csound-plugins", "swupdate", "seafile-daemon", "ardour"}},
	} {
		t.Run(d.own, func(t *testing.T) {
			d.replace(t, fmt.Sprint(d.ABI) == machine)
		})
	}
}

func (d debs) replace(t *testing.T, machine bool) {
	if d.ABI == 17 && !machine {
		t.Skip("the packages of Debian 12 are tested there: a newer one has not what its programs need")
	}
	files, ours := d.packages(t), d.own+"-go"
	root, admin := d.packageDatabase(t, machine)
	dpkg := func(args ...string) (string, error) {
		cmd := exec.Command("fakeroot", append([]string{"dpkg", "--root=" + root, "--force-not-root,bad-path", "--log=/dev/null"}, args...)...)
		cmd.Env = append(os.Environ(), "LC_ALL=C", "PATH="+os.Getenv("PATH")+":/sbin:/usr/sbin")
		b, err := cmd.CombinedOutput()
		return string(b), err
	}
	before := installedPackages(t, admin)
	if before[d.own] == "" {
		t.Fatalf("the machine has no %s: run tools/deps first", d.own)
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
	replaced := regexp.MustCompile("^(" + d.own + "|libwebsockets-dev|libwebsockets-evlib-.*)$")
	for p := range before {
		if (got[p] == "") != replaced.MatchString(p) {
			t.Errorf("%s, which was installed, has now version %q", p, got[p])
		}
	}
	for _, p := range d.programs {
		if got[p] == "" {
			t.Errorf("%s is not installed any more", p)
		}
	}
	aptCheck(t, admin)
	if out, err := dpkg("-r", ours); err == nil || !strings.Contains(out, "depend") {
		t.Errorf("the library can be removed from under the programs: %v\n%s", err, out)
	}

	// What was installed is whole: a program is built with it, and serves.
	lib := library{d.Ref, "ours", filepath.Join(root, multiarch), filepath.Join(root, "usr", "include")}
	flags := strings.Fields(run(t, "", []string{"PKG_CONFIG_LIBDIR=" + lib.dir + "/pkgconfig:/usr/" + strings.TrimPrefix(multiarch, "usr/") + "/pkgconfig:/usr/share/pkgconfig", "PKG_CONFIG_SYSROOT_DIR=" + root, "PKG_CONFIG_PATH="},
		"pkg-config", "--cflags", "--libs", "libwebsockets"))
	data := fmt.Sprintf(`-DINSTALL_DATADIR="%s"`, filepath.Join(d.Root(t), "usr", "share"))
	exe := compile(t, "gcc", d.Source(t, "test-apps", "test-server.c"), append(append([]string{"-w", data}, flags...), "-L"+lib.dir, "-lssl", "-lcrypto")...)
	s := program{"deb", exe, lib}.serve(t)
	checkLoaded(t, lib, s.Pid())
	drive(t, s.addr())
	interrupt(t, s.Proc)
	for _, f := range []string{"usr/lib/x86_64-linux-gnu/cmake/libwebsockets/libwebsockets-config.cmake", "usr/share/doc/" + ours + "/copyright",
		"usr/share/doc/" + ours + "/changelog.gz"} {
		if _, err := os.Stat(filepath.Join(root, f)); err != nil {
			t.Error(err)
		}
	}
	symbols, err := os.ReadFile(filepath.Join(admin, "info", ours+":amd64.symbols"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{fmt.Sprintf("%s %s #MINVER#\n| %s #MINVER#\n", d.Soname(), d.own, ours), "\n lws_create_context@Base " + d.Version + "\n",
		"\n lws_create_context_sized@Base " + d.Version + "+go1 1\n"} {
		if !strings.Contains(string(symbols), want) {
			t.Errorf("the symbols file has no %q", want)
		}
	}
}

// debian13s are packages of Debian 13's, with the fields that matter here: its own of the
// library, and what ours need and its programs do not.
var debian13s = []string{
	"libwebsockets19t64\nVersion: 4.3.5-1+deb13u3\nMulti-Arch: same\nProvides: libwebsockets19 (= 4.3.5-1+deb13u3)\n" +
		"Replaces: libwebsockets19\nBreaks: libwebsockets19 (<< 4.3.5-1+deb13u3)",
	"libwebsockets-test-server\nVersion: 4.3.5-1+deb13u3\nDepends: libwebsockets19t64 (= 4.3.5-1+deb13u3)",
	"libwebsockets-evlib-glib\nVersion: 4.3.5-1+deb13u3\nMulti-Arch: same\nDepends: libwebsockets19t64 (= 4.3.5-1+deb13u3)",
	"libev4t64\nVersion: 1:4.33-2.1+b1\nMulti-Arch: same\nProvides: libev4 (= 1:4.33-2.1+b1)",
	"libuv1t64\nVersion: 1.50.0-2\nMulti-Arch: same\nProvides: libuv1 (= 1.50.0-2)",
	"libcap-dev\nVersion: 1:2.75-10",
	"libssl-dev\nVersion: 3.5.4-1",
}

// packageDatabase is a database of packages that has the unpacked programs, beside what
// the machine has if it is of the same Debian, else beside Debian's library alone.
func (d debs) packageDatabase(t *testing.T, machine bool) (root, admin string) {
	t.Helper()
	root = t.TempDir()
	admin = filepath.Join(root, "var", "lib", "dpkg")
	for _, d := range []string{"info", "updates", "triggers", "alternatives"} {
		if err := os.MkdirAll(filepath.Join(admin, d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	var status []byte
	if machine {
		var err error
		if status, err = os.ReadFile("/var/lib/dpkg/status"); err != nil {
			t.Fatal(err)
		}
		// What is removed but for its settings is in there, too.
		all := strings.Split(string(status), "\n\n")
		status = []byte(strings.Join(slices.DeleteFunc(all, func(p string) bool { return !strings.Contains(p, "\nStatus: install ok installed\n") }), "\n\n") + "\n")
	} else {
		for _, p := range debian13s {
			status = fmt.Appendf(status, "\nPackage: %s\nStatus: install ok installed\nArchitecture: amd64\nMaintainer: Debian\nDescription: Debian's\n", p)
		}
	}
	controls, _ := filepath.Glob(filepath.Join(d.Programs(t, "control"), "*.deb"))
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
