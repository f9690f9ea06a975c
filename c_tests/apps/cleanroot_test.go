// SPDX-License-Identifier: MIT

package apps

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"libwebsockets/c_tests/harness"
)

// TestCleanRoot: apt puts our packages in the place of the original's in a Debian that has
// nothing else (tools/clean-root), programs of Debian's run on them, and apt goes back: then
// each file is as it was before, and the programs run on the original again. The root is
// thrown away afterwards, the one that tools/clean-root has made is only read.
//
// Seen to fail with a library's package that provides nothing, and with one whose postinst
// leaves a file and a link that leads nowhere.
func TestCleanRoot(t *testing.T) {
	machine := strings.TrimSpace(run(t, "", nil, filepath.Join(harness.Top(), "tools", "default-abi")))
	for _, d := range []debs{
		{harness.Ref17, "libwebsockets17", []string{"swupdate"}},
		{harness.Ref19, "libwebsockets19t64", []string{"mosquitto"}},
	} {
		t.Run(d.own, func(t *testing.T) {
			if d.ABI == 17 && fmt.Sprint(d.ABI) != machine {
				t.Skip("packages made here ask for a newer libc than Debian 12's")
			}
			d.cleanRoot(t)
		})
	}
}

func (d debs) cleanRoot(t *testing.T) {
	made := d.packages(t)
	r := newRoot(t, d.Ref)
	originals := r.installed(`^libwebsockets(17|19t64|-dev|-evlib-.*)$`)
	if len(originals) != 5 {
		t.Fatalf("the root has %q", originals)
	}
	before := r.files()
	d.talks(t, r, "Debian's")

	// In: what replaces the original's is installed, which goes; nothing else does.
	others := r.installed(`.`)
	r.copyIn(made)
	out := r.must("sh", "-c", "apt-get install -y /ours/*.deb")
	for _, p := range originals {
		if !regexp.MustCompile(`(?m)^Removing ` + regexp.QuoteMeta(p) + `[: ]`).MatchString(out) {
			t.Errorf("%s was not removed:\n%s", p, out)
		}
	}
	now := strings.Join(r.installed(`.`), " ") + " "
	for _, p := range others {
		if !strings.Contains(strings.Join(originals, " ")+" ", p+" ") && !strings.Contains(now, p+" ") {
			t.Errorf("%s is not installed any more", p)
		}
	}
	for _, deb := range made {
		if name, _, _ := strings.Cut(filepath.Base(deb), "_"); !strings.Contains(now, name+" ") {
			t.Errorf("%s is not installed:\n%s", name, out)
		}
	}
	r.must("dpkg", "--audit")
	r.must("apt-get", "check")
	if cache := r.must("ldconfig", "-p"); strings.Count(cache, d.Soname()+" ") != 1 {
		t.Errorf("the loader knows\n%s", cache)
	}
	d.talks(t, r, "ours")

	// The original's cannot be put beside ours by dpkg, which would overwrite its files.
	if out, err := r.command("sh", "-c", "dpkg -i /var/cache/apt/archives/"+d.own+"_*.deb").CombinedOutput(); err == nil || !strings.Contains(string(out), "conflict") {
		t.Errorf("dpkg -i of the original's: %v\n%s", err, out)
	}
	d.talks(t, r, "ours")

	// Back, as docs/install.md says; then what was new.
	r.must(append([]string{"apt-get", "install", "-y", "--no-download"}, originals...)...)
	r.must("sh", "-c", "apt-get purge -y lwsws libwebsockets-doc && apt-get purge -y --autoremove")
	if left := r.must("sh", "-c", "dpkg-query -W -f '${Package} ${db:Status-Status}\\n' | grep -E -- '-go|lwsws|-doc' || true"); left != "" {
		t.Errorf("left of ours: %s", left)
	}
	r.must("rm", "-r", "/ours")
	after := r.files()
	for f, what := range before {
		if after[f] != what {
			t.Errorf("%s was %s and is %s", f, what, after[f])
		}
	}
	for f, what := range after {
		if before[f] == "" {
			t.Errorf("left: %s (%s)", f, what)
		}
	}
	d.talks(t, r, "Debian's")
}

// talks runs programs on the library that the root has: Debian's, and the original's test
// server, which is compiled with the original's headers (in Debian's package it has the
// library in itself).
func (d debs) talks(t *testing.T, r cleanRoot, whose string) {
	t.Helper()
	t.Run("on "+whose, func(t *testing.T) {
		debian := library{d.Ref, "debian", d.Lib(t), d.Headers(t)}
		exe := compile(t, "gcc", d.Source(t, "test-apps", "test-server.c"), append([]string{"-w", `-DINSTALL_DATADIR="/usr/share"`}, append(debian.link(), "-lssl", "-lcrypto")...)...)
		b, err := os.ReadFile(exe)
		if err == nil {
			err = os.WriteFile(r.path("/tmp/test-server"), b, 0o755)
		}
		if err != nil {
			t.Fatal(err)
		}
		port := harness.FreePort(t)
		s := harness.StartCmd(t, r.command("/tmp/test-server", "-p", fmt.Sprint(port), "-r", "/usr/share/libwebsockets-test-server"))
		s.Listening(port)
		r.loaded(t, d.Ref, whose, s.Pid())
		addr := fmt.Sprintf("127.0.0.1:%d", port)
		driveIncrement(t, wsDial(t, addr, "/", "dumb-increment-protocol"))
		driveMirror(t, func(path string) *harness.Raw { return wsDial(t, addr, path, "lws-mirror-protocol") })
		interrupt(t, s)
		switch d.programs[0] {
		case "swupdate":
			swupdate(t, r.path("/tmp"), "/tmp", func(args ...string) *harness.Proc {
				return harness.StartCmd(t, r.command(append([]string{"swupdate"}, args...)...))
			}, func(pid int) { r.loaded(t, d.Ref, whose, pid) })
		case "mosquitto":
			port := harness.FreePort(t)
			write(t, r.path("/tmp"), "mosquitto.conf", fmt.Sprintf("allow_anonymous true\nmax_queued_messages 0\nlistener %d 127.0.0.1\nprotocol websockets\n", port))
			m := harness.StartCmd(t, r.command("/usr/sbin/mosquitto", "-c", "/tmp/mosquitto.conf"))
			m.Listening(port)
			r.loaded(t, d.Ref, whose, m.Pid())
			mqttTalk(t, func() net.Conn { return tcp(t, port) })
			m.Stop()
		}
	})
}

// cleanRoot is a copy of what tools/clean-root has made, in a mount namespace of its own:
// it is gone when the process that holds it ends, and that ends with the test.
type cleanRoot struct {
	t      *testing.T
	holder int
	at     string
}

// hold mounts a layer over the root ($1), of which only that process and those that enter
// its namespace know; without overlayfs it copies.
const hold = `set -e
mount -t tmpfs -o mode=755 none "$2"
cd "$2"
mkdir upper work root
mount -t overlay -o lowerdir="$1",upperdir=upper,workdir=work none root 2>/dev/null || cp -a "$1/." root
mount -t proc proc root/proc 2>/dev/null || :
echo there
read end`

func newRoot(t *testing.T, ref harness.Ref) cleanRoot {
	t.Helper()
	base := filepath.Join(harness.Top(), "build", "roots", fmt.Sprint(ref.ABI))
	out, err := exec.Command(filepath.Join(harness.Top(), "tools", "clean-root"), "-a", fmt.Sprint(ref.ABI)).CombinedOutput()
	var ended *exec.ExitError
	if errors.As(err, &ended) && ended.ExitCode() == 3 {
		t.Skipf("there is no clean root: %s", out)
	} else if err != nil {
		t.Fatalf("tools/clean-root: %v\n%s", err, out)
	}
	at := t.TempDir()
	cmd := exec.Command("unshare", "--mount", "--propagation", "private", "sh", "-c", hold, "hold", base, at)
	// Not harness.StartCmd, which ends what takes long.
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = stdin.Close()
		_ = cmd.Wait()
	})
	if line, err := bufio.NewReader(stdout).ReadString('\n'); line != "there\n" {
		t.Fatalf("no file systems of our own: %q, %v", line, err)
	}
	return cleanRoot{t, cmd.Process.Pid, filepath.Join(at, "root")}
}

// path is one of the root's files as it is to be reached from here.
func (r cleanRoot) path(file string) string {
	return filepath.Join(fmt.Sprintf("/proc/%d/root", r.holder), r.at, file)
}

// command is one in the root. What it execs in the end has its process id.
func (r cleanRoot) command(args ...string) *exec.Cmd {
	cmd := exec.Command("nsenter", append([]string{"--mount", "--target", fmt.Sprint(r.holder), "chroot", r.at}, args...)...)
	cmd.Env = []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C", "DEBIAN_FRONTEND=noninteractive", "HOME=/root"}
	return cmd
}

// must runs a command in the root that has to succeed.
func (r cleanRoot) must(args ...string) string {
	r.t.Helper()
	out, err := r.command(args...).CombinedOutput()
	if err != nil {
		r.t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// loaded looks at whose library a process in the root has.
func (r cleanRoot) loaded(t *testing.T, ref harness.Ref, whose string, pid int) {
	t.Helper()
	found := harness.Mapped(t, pid)
	for name := range found {
		b, err := os.ReadFile(r.path("/usr/lib/x86_64-linux-gnu/" + filepath.Base(name)))
		if err != nil || len(found) != 1 || filepath.Base(name) != ref.Soname() || strings.Contains(string(b), "go.buildinfo") != (whose == "ours") {
			t.Errorf("loaded is %v, which should be %s: %v", found, whose, err)
		}
	}
	if len(found) == 0 {
		t.Error("no libwebsockets is loaded")
	}
}

// installed are the packages that are, of those with such names.
func (r cleanRoot) installed(names string) (l []string) {
	r.t.Helper()
	for line := range strings.Lines(r.must("dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n")) {
		if name, state, _ := strings.Cut(strings.TrimSpace(line), " "); state == "installed" && regexp.MustCompile(names).MatchString(name) {
			l = append(l, name)
		}
	}
	return l
}

func (r cleanRoot) copyIn(files []string) {
	r.t.Helper()
	if err := os.Mkdir(r.path("/ours"), 0o755); err != nil {
		r.t.Fatal(err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err == nil {
			err = os.WriteFile(r.path("/ours/"+filepath.Base(f)), b, 0o644)
		}
		if err != nil {
			r.t.Fatal(err)
		}
	}
}

// files are all of the root but what tells of each run (logs, caches, dpkg's last state):
// kind and mode, where a link leads and whether to something, what is in a file.
func (r cleanRoot) files() map[string]string {
	r.t.Helper()
	out := r.must("sh", "-c", `find / -xdev \( -path /proc -o -path /tmp -o -path /var/log -o -path /var/cache -o -path /var/lib/apt -o -path '/var/lib/dpkg/*-old' \) -prune \
		-o -type f -exec md5sum {} + -o -printf '%y%m-%l-%Y  %p\n'`)
	l := map[string]string{}
	for line := range strings.Lines(out) {
		if what, name, ok := strings.Cut(strings.TrimSpace(line), "  "); ok {
			l[name] = what
		}
	}
	if len(l) < 3000 {
		r.t.Fatalf("only %d files in the root", len(l))
	}
	return l
}
