// SPDX-License-Identifier: MIT

package loops

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"libwebsockets/c_tests/harness"
)

// The original's examples that have loop options, compiled unchanged. Their port
// is built in, so each drive is this test binary again in a network of its own.

// example is a program of minimal-examples: the sources next to its main file,
// and how it is driven.
type example struct {
	folder  string
	sources []string
	drive   func(p *exec.Cmd, client string, args ...string) (string, error)
}

var examples = []example{
	{"http-server/minimal-http-server-eventlib", []string{"minimal-http-server-eventlib.c"}, serving},
	{"http-server/minimal-http-server-eventlib-demos", []string{"minimal-http-server-eventlib-demos.c"}, serving},
	{"http-server/minimal-http-server-eventlib-smp", []string{"minimal-http-server-eventlib-smp.c"}, serving},
	{"http-server/minimal-http-server-eventlib-foreign", []string{"minimal-http-server-eventlib-foreign.c", "libuv.c", "libev.c", "glib.c"}, servingForAWhile},
}

const clientExample = "http-client/minimal-http-client-multi"

// compile gives an example's program for a header set and library.
func (e example) compile(t *testing.T, include, lib string) string {
	folder := filepath.Join(source, "minimal-examples", e.folder)
	args := []string{"-w", "-DLWS_ABI=17", "-I" + include}
	if strings.HasSuffix(e.folder, "-demos") {
		args = append(args, "-I"+source+"/plugins")
	}
	for _, s := range e.sources {
		args = append(args, filepath.Join(folder, s))
	}
	args = append(args, filepath.Join(lib, harness.Soname), "-lpthread")
	for _, l := range all {
		if l.name != "event" {
			args = append(args, l.flags(t)...)
		}
	}
	return harness.Program(t, args...)
}

// get is the answer to one request: status, and what came.
func get(path string) string {
	c := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 20 * time.Second}
	r, err := c.Get("http://127.0.0.1:7681" + path)
	if err != nil {
		return path + " " + err.Error()
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	return fmt.Sprintf("%s %s %d bytes, sum %x, %v", path, r.Status, len(b), sha256.Sum256(b), err)
}

// awaitPort waits until the example listens.
func awaitPort() error {
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		c, err := net.Dial("tcp", "127.0.0.1:7681")
		if err == nil {
			return c.Close()
		}
		if time.Now().After(end) {
			return err
		}
	}
}

// requests are some of a browser's, and the client example's.
func requests(client string, option string) string {
	var b strings.Builder
	for _, p := range []string{"/", "/index.html", "/libwebsockets.org-logo.svg", "/strict-csp.svg", "/nowhere", "/index.html"} {
		fmt.Fprintln(&b, get(p))
	}
	var wg sync.WaitGroup
	answers := make([]string, 20)
	for i := range answers {
		wg.Go(func() { answers[i] = get("/") })
	}
	wg.Wait()
	fmt.Fprintf(&b, "%d different answers to 20 requests at once\n", len(slices.Compact(answers)))
	cmd := exec.Command(client, option, "-l", "--no-tls", "--h1", "-c", "4", "--server", "127.0.0.1")
	out, err := cmd.CombinedOutput()
	fmt.Fprintf(&b, "client: %v\n", err)
	if err != nil {
		b.Write(out)
	}
	return b.String()
}

// serving drives a server until SIGINT ends it.
func serving(p *exec.Cmd, client string, args ...string) (string, error) {
	if err := p.Start(); err != nil {
		return "", err
	}
	defer p.Process.Kill()
	if err := awaitPort(); err != nil {
		return "", err
	}
	out := requests(client, args[0])
	if err := p.Process.Signal(syscall.SIGINT); err != nil {
		return "", err
	}
	return out + fmt.Sprintf("server: %v\n", p.Wait()), nil
}

// servingForAWhile drives one that comes and goes by itself.
func servingForAWhile(p *exec.Cmd, client string, args ...string) (string, error) {
	var said bytes.Buffer
	p.Stderr = &said
	if err := p.Start(); err != nil {
		return "", err
	}
	defer p.Process.Kill()
	if err := awaitPort(); err != nil {
		return "", err
	}
	out := requests(client, args[0])
	out += fmt.Sprintf("server: %v\n", p.Wait())
	for _, s := range []string{"LWS Context created", "Destroying lws context", "Deciding to exit foreign loop", "exiting..."} {
		out += fmt.Sprintf("%s: %v\n", s, strings.Contains(said.String(), s))
	}
	return out, nil
}

// inside tells the second process to drive.
const inside = "LWS_LOOPS_INSIDE"

func isolated(args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], append([]string{"-test.run=^TestInside$", "-test.count=1", "-test.timeout=60s"}, args...)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET, Pdeathsig: syscall.SIGKILL}
	if os.Getuid() != 0 {
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
	cmd.WaitDelay = time.Second
	return cmd
}

// TestInside is the second process: one drive, written to the file that it is
// told of.
func TestInside(t *testing.T) {
	spec := strings.Split(os.Getenv(inside), "\n")
	if spec[0] == "" {
		t.Skip("run by TestExamples")
	}
	if err := harness.LoopbackUp(); err != nil {
		t.Fatal(err)
	}
	if spec[0] == "try" {
		return
	}
	for _, e := range examples {
		if e.folder != spec[0] {
			continue
		}
		p := exec.Command(spec[1], spec[3])
		p.Dir = filepath.Join(source, "minimal-examples", e.folder)
		out, err := e.drive(p, spec[2], spec[3])
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(spec[4], []byte(out), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestExamples: answers and exit status are the same with both libraries.
func TestExamples(t *testing.T) {
	try := isolated()
	try.Env = append(os.Environ(), inside+"=try")
	if out, err := try.CombinedOutput(); err != nil {
		t.Skipf("no network of our own here (the examples have a fixed port): %v\n%s", err, out)
	}
	ref, lib := harness.Ref17.WithPlugins(t, "uv", "ev", "glib"), harness.LibCopy(t, "uv", "ev", "glib")
	places := map[string][2]string{"ref": {harness.Debian(t).Include, ref}, "ours": {"../../include", lib}}
	client := example{folder: clientExample, sources: []string{"minimal-http-client-multi.c"}}
	type key struct{ where, folder, option string }
	var (
		mu    sync.Mutex
		wg    sync.WaitGroup
		slots = make(chan struct{}, 14) // most of them sleep
		got   = map[key]string{}
	)
	for where, p := range places {
		browser := client.compile(t, p[0], p[1])
		for _, e := range examples {
			exe := e.compile(t, p[0], p[1])
			for _, l := range all[:3] {
				file := filepath.Join(t.TempDir(), "drive")
				cmd := isolated()
				cmd.Env = append(os.Environ(), "LD_LIBRARY_PATH="+p[1], inside+"="+strings.Join([]string{e.folder, exe, browser, l.option, file}, "\n"))
				wg.Go(func() {
					slots <- struct{}{}
					out, err := cmd.CombinedOutput()
					<-slots
					text, _ := os.ReadFile(file)
					if err != nil {
						text = fmt.Appendf(text, "%v\n%s", err, out)
					}
					mu.Lock()
					got[key{where, e.folder, l.option}] = string(text)
					mu.Unlock()
				})
			}
		}
	}
	wg.Wait()
	for _, e := range examples {
		for _, l := range all[:3] {
			want, have := got[key{"ref", e.folder, l.option}], got[key{"ours", e.folder, l.option}]
			if !strings.Contains(have, "/ 200 OK") || !strings.Contains(have, "server: <nil>") {
				t.Errorf("%s %s: it did not serve, or did not end well:\n%s", e.folder, l.option, have)
			}
			if want != have {
				t.Errorf("%s %s: - the reference, + ours\n%s", e.folder, l.option, diff(t, want, have))
			}
		}
	}
}
