// SPDX-License-Identifier: MIT

package plugins

import (
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"libwebsockets/c_tests/harness"
)

const within = 15 * time.Second

// stock compiles plugins of the source package, unchanged, with our headers.
func stock(t *testing.T, names ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, n := range names {
		made(t, filepath.Join(dir, "libprotocol_"+n+".so"), "-shared", "-fPIC", "-w", "-DLWS_ABI=17", "-I../../include", sources+"/plugins/protocol_"+n+".c")
	}
	return dir
}

func dial(t *testing.T, port int, protocol string) *websocket.Conn {
	t.Helper()
	d := websocket.Dialer{Subprotocols: []string{protocol}, HandshakeTimeout: within}
	c, _, err := d.Dial(fmt.Sprintf("ws://127.0.0.1:%d/", port), nil)
	if err != nil {
		t.Fatalf("%s: %v", protocol, err)
	}
	if c.Subprotocol() != protocol {
		t.Errorf("asked for %s, got %q", protocol, c.Subprotocol())
	}
	_ = c.SetReadDeadline(time.Now().Add(within))
	t.Cleanup(func() { c.Close() })
	return c
}

func next(t *testing.T, c *websocket.Conn) string {
	t.Helper()
	_, b, err := c.ReadMessage()
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// drive uses the stock plugins' protocols.
func drive(t *testing.T, port int) {
	t.Helper()
	inc := dial(t, port, "dumb-increment-protocol")
	for i := range 3 {
		if m := next(t, inc); m != fmt.Sprint(i) {
			t.Errorf("message %d is %q", i, m)
		}
	}
	a, b := dial(t, port, "lws-mirror-protocol"), dial(t, port, "lws-mirror-protocol")
	for i := range 20 {
		want := fmt.Sprintf("d #000000 %d 2 3 4;", i)
		if err := a.WriteMessage(websocket.TextMessage, []byte(want)); err != nil {
			t.Fatal(err)
		}
		for _, c := range []*websocket.Conn{a, b} {
			if m := next(t, c); m != want {
				t.Errorf("mirrored %q, not %q", m, want)
			}
		}
	}
	if m := next(t, dial(t, port, "lws-status")); !strings.Contains(m, `"wsi"`) && !strings.Contains(m, `"version"`) {
		t.Errorf("status: %q", m)
	}
}

// A program that names plugin_dirs has the protocols in there: all, or those
// that its pvo names.
func TestPluginDirs(t *testing.T) {
	if !harness.Ours(t) {
		t.Skip("the packaged build has no plugin_dirs")
	}
	dir := stock(t, "lws_mirror", "dumb_increment", "lws_status")
	exe := harness.Build(t, "prog/plugins.c", "-Wno-unused")
	p := harness.Start(t, exe, "serve", dir).Ready()
	drive(t, p.Port)
	p.Signal(os.Interrupt)
	if err := p.Wait(within); err != nil {
		t.Error(err)
	}
	p = harness.Start(t, exe, "serve", dir, "lws-mirror-protocol").Ready()
	dial(t, p.Port, "lws-mirror-protocol")
	d := websocket.Dialer{Subprotocols: []string{"lws-status"}, HandshakeTimeout: within}
	if _, _, err := d.Dial(fmt.Sprintf("ws://127.0.0.1:%d/", p.Port), nil); err == nil {
		t.Error("a protocol that the pvo does not name is there")
	}
	p.Signal(os.Interrupt)
	if err := p.Wait(within); err != nil {
		t.Error(err)
	}
}

// The original lwsws, compiled unchanged, with its JSON configuration, the
// stock plugins and libuv's loop.
func TestLwsws(t *testing.T) {
	if !harness.Ours(t) {
		t.Skip("the packaged build has no plugins")
	}
	plugins := stock(t, "lws_mirror", "dumb_increment", "lws_status", "post_demo", "lws_raw_test", "lws_server_status")
	exe := harness.CC{Name: "lwsws"}.Program(t, "-w", "-DLWS_ABI=17", "-I../../include", `-DINSTALL_DATADIR="/nonexistent"`, sources+"/lwsws/main.c",
		filepath.Join(harness.Lib(t), harness.Soname), "-luv")
	dir := t.TempDir()
	web, raw := harness.FreePort(t), harness.FreePort(t)
	fifo := filepath.Join(dir, "fifo")
	write := func(name, format string, args ...any) {
		t.Helper()
		file := filepath.Join(dir, name)
		_ = os.MkdirAll(filepath.Dir(file), 0o755)
		if err := os.WriteFile(file, fmt.Appendf(nil, format, args...), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("www/index.html", "the page")
	write("conf", `{ "global": { "server-string": "by lwsws", "plugin-dir": %q, "timeout-secs": "7" } }`, plugins)
	write("conf.d/web", `{ "vhosts": [ {
		"name": "localhost", "port": "%d", "interface": "127.0.0.1",
		# a comment
		"mounts": [
			{ "mountpoint": "/", "origin": "file://%s/www", "default": "index.html", "cache-max-age": "60", "cache-reuse": "1" },
			{ "mountpoint": "/formtest", "origin": "callback://protocol-post-demo" },
			{ "mountpoint": "/away", "origin": ">http://other.test/x" } ],
		"headers": [ { "x-test": "from the configuration" } ],
		"access-log": "%s/log",
		"ws-protocols": [ { "lws-mirror-protocol": { "status": "ok" }, "dumb-increment-protocol": { "status": "ok" },
			"lws-status": { "status": "ok" }, "protocol-post-demo": { "status": "ok" },
			"lws-server-status": { "status": "ok", "filepath": "/proc/sys/kernel/ostype", "update-ms": "1000" } } ] } ] }`, web, dir, dir)
	write("conf.d/x-raw", `{ "vhosts": [ { "name": "raw", "port": "%d", "interface": "127.0.0.1", "apply-listen-accept": "1",
		"listen-accept-role": "raw-skt", "listen-accept-protocol": "protocol-lws-raw-test",
		"ws-protocols": [ { "protocol-lws-raw-test": { "status": "ok", "fifo-path": %q } } ] } ] }`, raw, fifo)
	harness.Start(t, exe, "-c", dir, "-n", "-d", "7").Listening(web, raw)
	base := fmt.Sprintf("http://127.0.0.1:%d", web)
	checkWeb(t, base)
	drive(t, web)
	checkStatus(t, web)
	if b, err := os.ReadFile(filepath.Join(dir, "log")); !strings.Contains(string(b), `"GET / HTTP/1.1" 200 `) || !strings.Contains(string(b), `"GET / (lws-status) HTTP/1.1" 101 `) {
		t.Errorf("the access log: %q, %v", b, err)
	}
	c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", raw))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(within))
	fmt.Fprint(c, "raw bytes")
	b := make([]byte, 9)
	if _, err := io.ReadFull(c, b); err != nil || string(b) != "raw bytes" {
		t.Errorf("raw echo: %q, %v", b, err)
	}
	if st, err := os.Stat(fifo); err != nil || st.Mode()&os.ModeNamedPipe == 0 {
		t.Errorf("the raw plugin's option did not arrive: %v", err)
	}
}

// checkStatus looks at what the plugin for the server's status tells.
func checkStatus(t *testing.T, port int) {
	t.Helper()
	var s struct {
		I struct {
			Version  string
			Contexts []struct {
				Vhosts []struct{ Name, H1_conn, Ws_upg string }
			}
		}
		Files []struct{ Path, Val string }
	}
	m := next(t, dial(t, port, "lws-server-status"))
	if err := json.Unmarshal([]byte(m), &s); err != nil || len(s.I.Contexts) != 1 || len(s.I.Contexts[0].Vhosts) == 0 || len(s.Files) != 1 {
		t.Fatalf("%v: %s", err, m)
	}
	if v := s.I.Contexts[0].Vhosts[0]; s.I.Version == "" || v.Name != "localhost" || v.H1_conn == "0" || v.Ws_upg == "0" || !strings.HasPrefix(s.Files[0].Val, "Linux") {
		t.Errorf("the status: %s", m)
	}
}

func checkWeb(t *testing.T, base string) {
	t.Helper()
	client := http.Client{Timeout: within, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	get := func(path string) (*http.Response, string) {
		t.Helper()
		r, err := client.Get(base + path)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		b, _ := io.ReadAll(r.Body)
		return r, string(b)
	}
	r, body := get("/")
	if h := r.Header; r.StatusCode != 200 || body != "the page" || h.Get("Server") != "by lwsws" ||
		h.Get("X-Test") != "from the configuration" || !strings.Contains(h.Get("Cache-Control"), "max-age=60") {
		t.Errorf("/: %s %q %v", r.Status, body, h)
	}
	if r, _ := get("/away"); r.StatusCode/100 != 3 || !strings.HasPrefix(r.Header.Get("Location"), "http://other.test/x") {
		t.Errorf("/away: %s %v", r.Status, r.Header)
	}
	var form strings.Builder
	w := multipart.NewWriter(&form)
	_ = w.WriteField("text", "some text")
	_ = w.WriteField("send", "1")
	_ = w.Close()
	p, err := client.Post(base+"/formtest", w.FormDataContentType(), strings.NewReader(form.String()))
	if err != nil {
		t.Fatal(err)
	}
	defer p.Body.Close()
	if b, _ := io.ReadAll(p.Body); p.StatusCode != 200 || !strings.Contains(string(b), "some text") {
		t.Errorf("/formtest: %s %q", p.Status, b)
	}
}
