// SPDX-License-Identifier: MIT

package apps

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"libwebsockets/c_tests/harness"
)

// What the test programs of older releases must do.

var pingReply = regexp.MustCompile(`bytes from .*req=(\d+)`)

func driveOldServer(t *testing.T, g generation) int {
	s := g.program(t, "test-server").serve(t)
	oldPage(t, g, s)
	oldIncrement(t, s)
	oldMirror(t, s)
	if g.name >= "v2.4" {
		driveStatus(t, func(path string) *harness.Raw { return wsDial(t, s.addr(), path, "lws-status") })
	}
	interrupt(t, s.Proc)
	if g.tag == "v3.0.1" {
		return noteDaemonize
	}
	return 0
}

// oldPage: the page and a picture come whole.
func oldPage(t *testing.T, g generation, s server) {
	t.Helper()
	for path, file := range map[string]string{"/": "test.html", "/leaf.jpg": "leaf.jpg", "/favicon.ico": "favicon.ico"} {
		if g.name == "v1.2" && path == "/leaf.jpg" {
			continue // is not among its files
		}
		want, err := os.ReadFile(harness.Reference(t, "root", "usr", "share", "libwebsockets-test-server", file))
		if err != nil {
			t.Fatal(err)
		}
		r, body := fetch(t, "http://"+s.addr()+path)
		if r.StatusCode != http.StatusOK || body != string(want) {
			t.Errorf("%s: %s, %d bytes, not %d", path, r.Status, len(body), len(want))
		}
	}
}

func fetch(t *testing.T, url string) (*http.Response, string) {
	t.Helper()
	r, err := (&http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}).Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r, string(body)
}

func loopServer(t *testing.T, g generation, name string, interrupted bool, flags ...string) {
	s := g.program(t, name, flags...).serve(t)
	oldPage(t, g, s)
	oldIncrement(t, s)
	oldMirror(t, s)
	if interrupted {
		interrupt(t, s.Proc)
	}
}

// drivePluginServer: its protocols are those of the release's own plugins,
// which are compiled unchanged, too.
func drivePluginServer(t *testing.T, g generation) int {
	dir := t.TempDir()
	data := filepath.Join(dir, "libwebsockets-test-server")
	run(t, "", nil, "cp", "-r", harness.Reference(t, "root", "usr", "share", "libwebsockets-test-server"), dir)
	if err := os.MkdirAll(filepath.Join(data, "plugins"), 0o755); err != nil {
		t.Fatal(err)
	}
	l := ours(t)
	flags := append(g.flags(t), "-DLWS_USE_LIBUV")
	post := false
	for _, name := range []string{"dumb_increment", "lws_mirror", "lws_status", "lws_meta", "post_demo"} {
		src := filepath.Join(upstream(t, g.tag), "plugins", "protocol_"+name+".c")
		if !exists(src) {
			continue
		}
		post = post || name == "post_demo"
		plugin := compile(t, "gcc", src, slices.Concat([]string{"-shared", "-fPIC"}, flags, link(l), []string{"-luv"})...)
		harness.CopyFile(t, plugin, filepath.Join(data, "plugins", "libprotocol_"+name+".so"))
	}
	file := filepath.Join(upstream(t, g.tag), "test-server", "test-server-v2.0.c")
	if !exists(file) {
		file = filepath.Join(upstream(t, g.tag), "test-apps", "test-server-v2.0.c")
	}
	args := append(append([]string{fmt.Sprintf(`-DINSTALL_DATADIR="%s"`, dir)}, flags...), link(l)...)
	s := program{"ours", compile(t, "gcc", file, append(args, "-luv")...), l}.serve(t)
	oldPage(t, g, s)
	oldIncrement(t, s)
	oldMirror(t, s)
	var status map[string]any
	if m := message(t, wsDial(t, s.addr(), "/", "lws-status")); json.Unmarshal([]byte(strings.TrimLeft(m, "\x00 ")), &status) != nil || status["conns"] == nil {
		t.Errorf("status: %q", m)
	}
	if post {
		postForm(t, "http://"+s.addr()+"/formtest")
	}
	interrupt(t, s.Proc)
	return 0
}

// postForm: the fields of a form come back in a page.
func postForm(t *testing.T, url string) {
	t.Helper()
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	_ = w.WriteField("text", "some text")
	_ = w.WriteField("send", "go")
	_ = w.Close()
	r, err := (&http.Client{Timeout: 20 * time.Second}).Post(url, w.FormDataContentType(), &form)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if body, err := io.ReadAll(r.Body); err != nil || r.StatusCode != 200 || !strings.Contains(string(body), "some text") {
		t.Errorf("the form: %s %q %v", r.Status, body, err)
	}
}

// driveFuzxy: the proxy hits the request that goes through it; the server
// refuses what comes of it, and lives.
func driveFuzxy(t *testing.T, g generation) int {
	s := dynamicProgram(t, ours(t), "test-server").serve(t)
	port := harness.FreePort(t)
	p := g.program(t, "fuzxy").start(t, "-p", strconv.Itoa(port), "-i", "lo")
	p.Listening(port)
	for i := range 3 {
		c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			t.Fatal(err)
		}
		_ = c.SetDeadline(time.Now().Add(20 * time.Second))
		fmt.Fprintf(c, "CONNECT %s HTTP/1.0\r\n\r\n", s.addr())
		answer := make([]byte, 12)
		if _, err := io.ReadFull(c, answer); err != nil || string(answer) != "HTTP/1.0 200" {
			t.Fatalf("CONNECT: %q %v", answer, err)
		}
		fmt.Fprint(c, upgrade("/", "dumb-increment-protocol", ""))
		// It does not tell us that the server has had enough, but its log does.
		eventually(t, 20*time.Second, "the fuzzer hits, the server closes; log:\n"+tail(p), func() bool {
			return strings.Count(p.Log(), "fuzzer hit") > i && strings.Count(p.Log(), "Error on read") > i
		})
		c.Close()
	}
	oldPage(t, g, s)
	oldIncrement(t, s)
	interrupt(t, p)
	interrupt(t, s.Proc)
	return noteFuzxy
}

func driveFraggle(t *testing.T, g generation) int {
	if !exists(filepath.Join(upstream(t, g.tag), "test-server/test-fraggle.c")) && !exists(filepath.Join(upstream(t, g.tag), "test-apps/test-fraggle.c")) {
		minimalBulk(t, g)
		return noteMinimalBulk
	}
	if g.name < "v1.4" || g.name >= "v1.7" {
		p := g.program(t, "test-fraggle")
		oldFraggle(t, p, p)
		return 0
	}
	g.program(t, "test-fraggle") // compiles and links as it is
	p := g.program(t, "test-fraggle", "prog/positive_random.c")
	oldFraggle(t, p, p)
	return noteRandom
}

// minimalBulk: both ends compare what they get with what they know the other
// has sent. Their port is built in, so they have a network of their own.
func minimalBulk(t *testing.T, g generation) {
	srv, cli := g.example(t, "ws-server/minimal-ws-server-pmd-bulk"), g.example(t, "ws-client/minimal-ws-client-pmd-bulk")
	cmd := exec.Command("unshare", "-rn", "sh", "-c", `ip link set lo up || exit 77
		cd "$1"
		timeout 20 "$2" & server=$!
		n=0; while [ $n -lt 5 ]; do
			sleep 0.5; timeout 10 "$3" 2>&1 | grep "Completed OK" && break; n=$((n+1))
		done
		kill $server`,
		"sh", filepath.Join(upstream(t, g.tag), "minimal-examples/ws-server/minimal-ws-server-pmd-bulk"), srv.exe, cli.exe)
	cmd.Env = append(os.Environ(), srv.lib.env()...)
	out, err := cmd.CombinedOutput()
	if ee, ok := err.(*exec.ExitError); ok && (ee.ExitCode() == 77 || ee.ExitCode() == 1) {
		t.Skipf("no network namespace of our own here: %s", out)
	}
	if err != nil || !strings.Contains(string(out), "Completed OK") || strings.Contains(string(out), "doesn't match") {
		t.Errorf("%v\n%s", err, out)
	}
}

func driveEcho(t *testing.T, g generation) int {
	switch {
	case g.name < "v1.7":
		echoes(t, g.program(t, "test-echo"), "")
		return 0
	case g.name < "v2.2":
		g.program(t, "test-echo") // compiles and links with assertions
		echoes(t, g.program(t, "test-echo", "-DNDEBUG"), "lws-echogen", "-e")
		return noteEcho
	case g.name < "v3":
		echoes(t, g.program(t, "test-echo"), "lws-echogen", "-e")
		return noteEcho
	}
	minimalEcho(t, g)
	return noteMinimalEcho
}

// minimalEcho: the server echoes; the client's echo is answered.
func minimalEcho(t *testing.T, g generation) {
	srv, cli := g.example(t, "ws-server/minimal-ws-server-echo"), g.example(t, "ws-client/minimal-ws-client-echo")
	s := srv.serve(t)
	r := wsDial(t, s.addr(), "/", "lws-minimal-server-echo")
	for i := range 100 {
		text := strings.Repeat(fmt.Sprintf("message %d ", i), i+1)
		send(t, r, text)
		if got := message(t, r); got != text {
			t.Fatalf("%q came back as %q", text, got)
		}
	}
	r.Close()
	s.Signal(os.Interrupt)
	if err := s.Wait(10 * time.Second); err != nil && !strings.Contains(s.Log(), "Completed failed") { // says it of every end by a signal
		t.Errorf("after SIGINT: %v\n%s", err, tail(s.Proc))
	}
	done := make(chan string, 1)
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		done <- echoedBy(w, r)
	}))
	defer h.Close()
	_, port, _ := net.SplitHostPort(h.Listener.Addr().String())
	c := briefly(t, cli, 20, "-s", "127.0.0.1", "-p", port)
	select {
	case wrong := <-done:
		if wrong != "" {
			t.Errorf("the client: %s\n%s", wrong, tail(c))
		}
	case <-time.After(20 * time.Second):
		t.Errorf("the client does not come\n%s", tail(c))
	}
	c.Signal(os.Interrupt)
	_ = c.Wait(10 * time.Second)
}

// echoedBy sends messages to a client and says what is wrong with the answers.
func echoedBy(w http.ResponseWriter, r *http.Request) string {
	c, err := (&websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}).Upgrade(w, r, nil)
	if err != nil {
		return err.Error()
	}
	defer c.Close()
	_ = c.SetReadDeadline(time.Now().Add(15 * time.Second))
	for i := range 50 {
		text := strings.Repeat(fmt.Sprintf("message %d ", i), i+1)
		if err := c.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
			return err.Error()
		}
		if _, got, err := c.ReadMessage(); err != nil || string(got) != text {
			return fmt.Sprintf("%q came back as %q, %v", text, got, err)
		}
	}
	return ""
}

// parses: a parser's test program says what it finds in its input.
func parses(t *testing.T, p program, input string, says ...string) {
	t.Helper()
	cmd := exec.Command(p.exe)
	cmd.Env = append(os.Environ(), p.lib.env()...)
	cmd.Stdin = strings.NewReader(input)
	out, err := cmd.CombinedOutput()
	for _, want := range says {
		if err != nil || !strings.Contains(string(out), want) {
			t.Fatalf("%v, no %q in\n%s", err, want, out)
		}
	}
}

// oldIncrement: numbers count up from 0, and start again after "reset".
func oldIncrement(t *testing.T, s server) {
	t.Helper()
	r := wsDial(t, s.addr(), "/", "dumb-increment-protocol")
	for want := range 4 {
		if n := number(t, r); n != want {
			t.Fatalf("number %d, not %d", n, want)
		}
	}
	send(t, r, "reset\n")
	for n := number(t, r); n != 0; n = number(t, r) {
		if n > 20 {
			t.Fatalf("still counting after the reset: %d", n)
		}
	}
	r.Close()
}

// oldMirror: what one sends comes to everybody.
func oldMirror(t *testing.T, s server) {
	t.Helper()
	a, b := wsDial(t, s.addr(), "/", "lws-mirror-protocol"), wsDial(t, s.addr(), "/", "lws-mirror-protocol")
	for i := range 20 {
		stroke := fmt.Sprintf("d #%06x %d %d %d %d;", i*1000, i, i+1, i+2, i+3)
		send(t, a, stroke)
		for _, r := range []*harness.Raw{a, b} {
			if got := message(t, r); got != stroke {
				t.Fatalf("sent %q, mirrored %q", stroke, got)
			}
		}
	}
	a.Close()
	b.Close()
}

var oldNumber = regexp.MustCompile(`rx \d+ '(\d+)'`)

// oldClient: it receives numbers in order and joins the mirror.
func oldClient(t *testing.T, p program, s server) {
	t.Helper()
	c := briefly(t, p, 6, "-d", "15", "-p", strconv.Itoa(s.port), "127.0.0.1")
	mirror := regexp.MustCompile(`mirror.*LWS_CALLBACK_CLIENT_ESTABLISHED|opened mirror connection`)
	eventually(t, 20*time.Second, "20 numbers and the mirror; log:\n"+tail(c), func() bool {
		return len(oldNumber.FindAllString(c.Log(), -1)) >= 20 && mirror.MatchString(c.Log())
	})
	for i, m := range oldNumber.FindAllStringSubmatch(c.Log(), -1) {
		if m[1] != strconv.Itoa(i) {
			t.Fatalf("number %s, not %d:\n%s", m[1], i, tail(c))
		}
	}
	_ = c.Wait(20 * time.Second)
}

// briefly runs a program and interrupts it after some seconds: the old ones
// end by that or not at all.
func briefly(t *testing.T, p program, seconds int, args ...string) *harness.Proc {
	t.Helper()
	return harness.StartEnv(t, p.lib.env(), "/usr/bin/timeout",
		append([]string{"-s", "INT", "-k", "5", strconv.Itoa(seconds), p.exe}, args...)...)
}

// pingThousands runs test-ping without pause for a while.
func pingThousands(t *testing.T, g generation, s server) {
	p := g.program(t, "test-ping")
	c := briefly(t, p, 2, "127.0.0.1", "-i", "0", "-s", "100", "-p", strconv.Itoa(s.port))
	_ = c.Wait(10 * time.Second)
	replies := pingReply.FindAllStringSubmatch(c.Log(), -1)
	if len(replies) < 1000 {
		t.Errorf("%d replies:\n%s", len(replies), tail(c))
	}
	for i, r := range replies {
		if r[1] != strconv.Itoa(i+1) {
			t.Fatalf("reply %d is of request %s", i+1, r[1])
		}
	}
	t.Logf("%d replies", len(replies))
}

// echoes: the server sends back what it gets; the client sends and prints.
func echoes(t *testing.T, p program, protocol string, args ...string) {
	port := harness.FreePort(t)
	s := briefly(t, p, 8, append(args, "-p", strconv.Itoa(port))...)
	s.Listening(port)
	r := wsDial(t, fmt.Sprintf("127.0.0.1:%d", port), "/", protocol)
	for i := range 100 {
		text := fmt.Sprintf("message %d", i)
		send(t, r, text)
		if got := message(t, r); got != text {
			t.Fatalf("%q came back as %q", text, got)
		}
	}
	r.Close()
	c := briefly(t, p, 4, append(args, "-c", "127.0.0.1", "-p", strconv.Itoa(port), "-r", "20")...)
	eventually(t, 20*time.Second, "the client has its message back; log:\n"+tail(c), func() bool {
		return strings.Contains(c.Log(), "Client RX: ")
	})
	_ = c.Wait(20 * time.Second)
	_ = s.Wait(20 * time.Second)
}
