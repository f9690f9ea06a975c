// SPDX-License-Identifier: MIT

package lwsws

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"libwebsockets/c_tests/harness"
)

// Configurations that are none end with status 1 and a line that says why, or are served
// with a warning.
//
// Seen to fail: without the limit of a file's size (lwsws grows with it), and with files
// opened as any (a fifo is waited for).
func TestHostile(t *testing.T) {
	t.Parallel()
	const fine = `{ "vhosts": [ { "name": "a", "port": "-1", "mounts": [ { "mountpoint": "/", "origin": "file://DIR/www" } ] } ] }`
	vhost := func(more string) string { return `{ "vhosts": [ { "name": "a", "port": "-1", ` + more + ` } ] }` }
	for name, c := range map[string]struct {
		conf, d string
		make    func(s site)
		line    string
		serves  bool
	}{
		"none":        {line: "Need at least one vhost"},
		"empty":       {make: func(s site) { s.fails(os.Truncate(filepath.Join(s.dir, "conf"), 0)) }, line: "Need at least one vhost"},
		"blank":       {conf: " ", line: "the file ends in the middle"},
		"no JSON":     {conf: "hello", line: "conf(1): parsing error"},
		"ends early":  {conf: "{\n\n\"global\":", line: "conf(3): parsing error -1: the file ends in the middle"},
		"deep":        {conf: strings.Repeat(`{"a":`, 100000), line: "conf(1): parsing error"},
		"deep arrays": {conf: `{"a":` + strings.Repeat(`[`, 100000), line: "conf(1): parsing error"},
		"long key":    {conf: `{"` + strings.Repeat("k", 5000) + `": "1"}`, line: `kk": there is no such key`},
		"binary":      {conf: "\x00\x01\xff\xfe", line: "conf(1): parsing error"},
		"a folder": {make: func(s site) {
			s.fails(os.Remove(filepath.Join(s.dir, "conf")), os.Mkdir(filepath.Join(s.dir, "conf"), 0o755))
		}, line: "conf: is no file"},
		"a fifo": {make: func(s site) {
			s.fails(os.Remove(filepath.Join(s.dir, "conf")), syscall.Mkfifo(filepath.Join(s.dir, "conf"), 0o644))
		}, line: "conf: is no file"},
		"endless": {make: func(s site) {
			s.fails(os.Remove(filepath.Join(s.dir, "conf")), os.Symlink("/dev/zero", filepath.Join(s.dir, "conf")))
		}, line: "conf: is no file"},
		"huge": {make: func(s site) { s.fails(os.Truncate(filepath.Join(s.dir, "conf"), 1<<40)) }, line: "conf: is larger than 16 MiB"},
		"itself": {make: func(s site) {
			s.fails(os.Remove(filepath.Join(s.dir, "conf")), os.Symlink("conf", filepath.Join(s.dir, "conf")))
		}, line: "too many levels of symbolic links"},
		"too many texts":    {conf: vhost(`"headers": [ {` + strings.Repeat(`"x": "`+strings.Repeat("v", 200)+`",`, 8000) + `"y": "z" } ]`), line: "the buffer for the configuration's strings is full"},
		"plugin dirs":       {conf: `{ "global": {` + strings.Repeat(`"plugin-dir": "/nonexistent",`, 20) + `"gid": "0" } }`, line: "too many plugin dirs"},
		"no port":           {d: `{ "vhosts": [ { "name": "a" } ] }`, line: "port required"},
		"mount of nothing":  {d: vhost(`"mounts": [ { "mountpoint": "/" } ]`), line: "mountpoint and origin required"},
		"unknown scheme":    {d: vhost(`"mounts": [ { "mountpoint": "/", "origin": "gopher://x" } ]`), line: "unsupported protocol:// gopher://x"},
		"bad log":           {d: vhost(`"access-log": "/nonexistent/log"`), line: "/nonexistent/log"},
		"no certificate":    {conf: `{ "global": { "init-ssl": "1" } }`, d: `{ "vhosts": [ { "name": "a", "port": "19", "host-ssl-cert": "/nonexistent/c", "host-ssl-key": "/nonexistent/k" } ] }`, line: "/nonexistent/c"},
		"a user of no name": {conf: `{ "global": { "username": "nobody-of-this-name" } }`, d: fine, line: "nobody-of-this-name"},
		"unknown keys":      {d: vhost(`"keeplive-timeout": "5"`), line: `"vhosts[].keeplive-timeout": there is no such key`, serves: true},
		"unknown globals":   {conf: `{ "global": { "uidd": 5 }, "other": { "x": [ "y" ] } }`, d: fine, line: `"global.uidd": there is no such key`, serves: true},
		"text for objects":  {d: vhost(`"mounts": "x", "headers": [ "x" ], "ws-protocols": [ "x" ]`), line: `"vhosts[].headers[]": a list or an object is wanted here`, serves: true},
		"object for text":   {d: vhost(`"interface": { "x": [ 1 ] }`), line: `"vhosts[].interface.x[]": there is no such key`, serves: true},
		"no effect":         {conf: `{ "global": { "ws-pingpong-secs": "200" } }`, d: fine, line: `"global.ws-pingpong-secs": has no effect`, serves: true},
		"Latin-1":           {d: vhost("\"headers\": [ { \"x\": \"caf\xe9\" } ]"), line: "is not UTF-8", serves: true},
		"plugins in a ring": {conf: `{ "global": { "plugin-dir": "DIR/ring" } }`, d: fine, make: func(s site) {
			s.fails(os.Mkdir(filepath.Join(s.dir, "ring"), 0o755), os.Symlink("libprotocol_itself_x.so", filepath.Join(s.dir, "ring", "libprotocol_itself_x.so")),
				os.Symlink(".", filepath.Join(s.dir, "ring", "libprotocol_folder_x.so")))
		}, line: "Error loading DSO", serves: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, l := range ours {
				s := newSite(t)
				conf, d := c.conf, c.d
				if conf == "" {
					conf = `{ "global": { "timeout-secs": "5" } }`
				}
				s.write("conf", "%s", conf)
				if d != "" {
					s.write("conf.d/a", "%s", d)
				} else {
					s.fails(os.Mkdir(filepath.Join(s.dir, "conf.d"), 0o755))
				}
				if c.make != nil {
					c.make(s)
				}
				p := l.start(t, "-n", "-d", "15", "-c", s.dir)
				logs(t, p, c.line, 1)
				if c.serves {
					harness.Eventually(t, within, "lwsws serves", func() bool { return len(children(p.Pid())) == 1 && p.Running() })
					p.Stop()
					continue
				}
				var x *exec.ExitError
				if err := p.Wait(within); err == nil {
					t.Errorf("%s ends with 0", l.Name)
				} else if x, _ = err.(*exec.ExitError); x == nil || x.ExitCode() != 1 {
					t.Errorf("%s: %v", l.Name, err)
				}
			}
		})
	}
}

func (s site) fails(errs ...error) {
	s.t.Helper()
	for _, err := range errs {
		if err != nil {
			s.t.Fatal(err)
		}
	}
}

// Options that are none; the background, its pid file, and that it is held by one; TERM
// ends it with its service process; a service process that dies ends lwsws.
//
// Seen to fail: with a parent that leaves its pid file.
func TestProcesses(t *testing.T) {
	t.Parallel()
	for _, l := range ours {
		t.Run(l.Name, func(t *testing.T) {
			t.Parallel()
			lib := l.Ref.Ours(t)
			run := func(args ...string) (string, int) {
				var out bytes.Buffer
				cmd := exec.Command(l.lwsws(t), args...)
				cmd.Env = append(os.Environ(), "LD_LIBRARY_PATH="+lib)
				cmd.Stderr = &out
				_ = cmd.Run()
				return out.String(), cmd.ProcessState.ExitCode()
			}
			for _, args := range [][]string{{"--help"}, {"-x"}, {"-d", "loud"}, {"-c"}, {"more"}} {
				if out, code := run(args...); code != 1 || !strings.Contains(out, "Usage: lwsws [-c <config dir>]") {
					t.Errorf("%q: %d, %q", args, code, out)
				}
			}
			s, port := newSite(t), harness.FreePort(t)
			s.write("conf", `{ "global": { "plugin-dir": %q } }`, l.plugins(t, "echo"))
			s.write("conf.d/a", "%s", listening(port))
			pid := filepath.Join(s.dir, "pid")
			if out, code := run("-n", "-D", "-p", pid, "-c", s.dir); code != 0 {
				t.Fatalf("-D: %d, %s", code, out)
			}
			b, err := os.ReadFile(pid)
			n, _ := strconv.Atoi(strings.TrimSpace(string(b)))
			if err != nil || n < 2 {
				t.Fatalf("the pid file: %q, %v", b, err)
			}
			t.Cleanup(func() { _ = syscall.Kill(-n, syscall.SIGKILL) })
			if out, code := run("-n", "-D", "-p", pid, "-c", s.dir); code != 1 || !strings.Contains(out, fmt.Sprint("already running pid ", n)) {
				t.Errorf("-D again: %d, %s", code, out)
			}
			harness.Eventually(t, within, "it serves", func() bool { return len(children(n)) == 1 && listeners(t, port) == 1 })
			service := children(n)[0]
			_ = syscall.Kill(n, syscall.SIGTERM)
			harness.Eventually(t, within, "both are gone, and the pid file", func() bool {
				_, err := os.Stat(pid)
				return err != nil && !alive(strconv.Itoa(n)) && !alive(service)
			})

			p := l.start(t, "-n", "-c", s.dir)
			up(t, p, port)
			service = children(p.Pid())[0]
			v, _ := strconv.Atoi(service)
			_ = syscall.Kill(v, syscall.SIGKILL)
			if err := p.Wait(within); err == nil || !strings.Contains(p.Log(), "service process "+service+" ended: Killed") {
				t.Errorf("without a service process: %v\n%s", err, p.Log())
			}
		})
	}
}

// alive tells whether a process is there and no zombie.
func alive(pid string) bool {
	b, err := os.ReadFile("/proc/" + pid + "/stat")
	return err == nil && !strings.Contains(string(b[bytes.LastIndexByte(b, ')')+1:]), " Z ")
}

// A port that another has taken: lwsws ends with 1, and does not share it. A unix socket
// outlives a reload, with its name, and goes with lwsws.
//
// Seen to fail: with a first process that shares its port as those do that take over.
func TestPlaces(t *testing.T) {
	t.Parallel()
	l := ours[0]
	s, port := newSite(t), harness.FreePort(t)
	s.write("conf", `{ "global": { "timeout-secs": "5" } }`)
	s.write("conf.d/a", `{ "vhosts": [ { "name": "a", "port": "%d", "interface": "127.0.0.1" }, { "name": "b", "unix-socket": "1", "interface": "DIR/sock",
		"mounts": [ { "mountpoint": "/", "origin": "file://DIR/www", "default": "index.html" } ] } ] }`, port)
	p := l.start(t, "-n", "-c", s.dir)
	up(t, p, port)
	q := l.start(t, "-n", "-c", s.dir)
	if err := q.Wait(within); err == nil || !strings.Contains(q.Log(), "address already in use") {
		t.Errorf("a second one: %v\n%s", err, q.Log())
	}
	sock := filepath.Join(s.dir, "sock")
	page := func() {
		t.Helper()
		c, err := net.Dial("unix", sock)
		if err != nil {
			t.Fatalf("%v\n%s", err, p.Log())
		}
		defer c.Close()
		_ = c.SetDeadline(time.Now().Add(within))
		fmt.Fprint(c, "GET / HTTP/1.1\r\nHost: b\r\nConnection: close\r\n\r\n")
		var b bytes.Buffer
		if _, err := b.ReadFrom(c); err != nil || !strings.HasSuffix(b.String(), "the page") {
			t.Errorf("%q, %v", b.String(), err)
		}
	}
	page()
	for i := range 2 {
		p.Signal(syscall.SIGHUP)
		logs(t, p, "exited cleanly", i+1)
		page()
	}
	p.Stop()
	if _, err := os.Lstat(sock); err == nil {
		t.Error("the socket's name is still there")
	}
}
