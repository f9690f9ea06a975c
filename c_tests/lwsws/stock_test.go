// SPDX-License-Identifier: MIT

package lwsws

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"libwebsockets/c_tests/harness"
)

// stock are the original's plugins that can be had, "folder/" of the source included.
// The others: fulltext_demo needs lws_fts, ssh_base lws_genhash and lws_genrsa, acme_client
// JOSE, openmetrics_export the metrics.
func stock(l library) []string {
	s := []string{"client_loopback_test", "dumb_increment", "lws_mirror", "lws_raw_test", "lws_status", "post_demo", "deaddrop/lws_deaddrop"}
	if l.Ref.ABI == 17 {
		s = append(s, "lws_server_status")
	}
	return s
}

func (l library) stock(t *testing.T) string {
	t.Helper()
	dir := l.plugins(t)
	for _, n := range stock(l) {
		folder, name := filepath.Split(n)
		flags := slices.Concat([]string{"-shared", "-fPIC", "-O1", "-g", "-w"}, l.Headers(t),
			[]string{l.source().Source(t, "plugins", folder, "protocol_"+name+".c")})
		file := "libprotocol_" + strings.TrimPrefix(n, "deaddrop/lws_") + ".so"
		harness.CopyFile(t, harness.CC{}.Program(t, flags...), filepath.Join(dir, file))
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

// The original's plugins, unchanged, below lwsws, on its own library and on ours. Seen to
// fail: with lws_pvo_get_str finding an option only that stands last.
func TestStock(t *testing.T) {
	t.Parallel()
	for _, l := range libraries {
		t.Run(l.Name, func(t *testing.T) {
			t.Parallel()
			s, port, raw := newSite(t), harness.FreePort(t), harness.FreePort(t)
			s.fails(os.Mkdir(filepath.Join(s.dir, "drop"), 0o755))
			s.write("conf", `{ "global": { "plugin-dir": %q } }`, l.stock(t))
			s.write("conf.d/a", `{ "vhosts": [ { "name": "localhost", "port": "%d", "interface": "127.0.0.1", "mounts": [
				{ "mountpoint": "/c", "origin": "callback://client-loopback-test" }, { "mountpoint": "/form", "origin": "callback://protocol-post-demo" },
				{ "mountpoint": "/upload", "origin": "callback://lws-deaddrop" }, { "mountpoint": "/get", "origin": "file://DIR/drop" } ],
				"ws-protocols": [ { "client-loopback-test": { "status": "ok" }, "dumb-increment-protocol": { "status": "ok" }, "lws-mirror-protocol": { "status": "ok" },
				"lws-status": { "status": "ok" }, "protocol-post-demo": { "status": "ok" }, "lws-server-status": { "status": "ok", "update-ms": "100" },
				"lws-deaddrop": { "upload-dir": "DIR/drop", "max-size": "100000" } } ] },
				{ "name": "raw", "port": "%d", "interface": "127.0.0.1", "apply-listen-accept": "1", "listen-accept-role": "raw-skt",
				"listen-accept-protocol": "protocol-lws-raw-test", "ws-protocols": [ { "protocol-lws-raw-test": { "status": "ok", "fifo-path": "DIR/fifo" } } ] } ] }`, port, raw)
			p := l.start(t, "-n", "-c", s.dir)
			up(t, p, port)
			up(t, p, raw)
			inc := dial(t, port, "dumb-increment-protocol")
			for i := range 3 {
				if m := next(t, inc); m != fmt.Sprint(i) {
					t.Errorf("increment %d: %q", i, m)
				}
			}
			a, b := dial(t, port, "lws-mirror-protocol"), dial(t, port, "lws-mirror-protocol")
			_ = a.WriteMessage(websocket.TextMessage, []byte("d #000000 1 2 3 4;"))
			for _, c := range []*websocket.Conn{a, b} {
				if m := next(t, c); m != "d #000000 1 2 3 4;" {
					t.Errorf("mirrored: %q", m)
				}
			}
			if m := next(t, dial(t, port, "lws-status")); !strings.Contains(m, "version") {
				t.Errorf("status: %q", m)
			}
			if l.Ref.ABI == 17 {
				if m := next(t, dial(t, port, "lws-server-status")); !json.Valid([]byte(m)) {
					t.Errorf("server status: %q", m)
				}
			}
			if r, body, err := get(port, "/c/nothing-at-all"); err != nil || r.StatusCode != 400 {
				t.Errorf("loopback: %v %q %v", r, body, err)
			}
			if body := post(t, port, "/form", "text", "some text"); !strings.Contains(body, "some text") {
				t.Errorf("form: %q", body)
			}
			drop(t, port, filepath.Join(s.dir, "drop"))
			c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", raw))
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			_ = c.SetDeadline(time.Now().Add(within))
			fmt.Fprint(c, "raw bytes")
			buf := make([]byte, 9)
			if _, err := io.ReadFull(c, buf); err != nil || string(buf) != "raw bytes" {
				t.Errorf("raw: %q %v", buf, err)
			}
			p.Signal(os.Interrupt)
			if err := p.Wait(within); err != nil {
				t.Errorf("%v\n%s", err, p.Log())
			}
		})
	}
}

// post sends a form of one field, and its button.
func post(t *testing.T, port int, path, name, value string) string {
	t.Helper()
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	if name == "file" {
		f, _ := w.CreateFormFile("file", "dropped.txt")
		fmt.Fprint(f, value)
	} else {
		_ = w.WriteField(name, value)
	}
	_ = w.WriteField("send", "1")
	_ = w.Close()
	r, err := (&http.Client{Timeout: within}).Post(fmt.Sprintf("http://127.0.0.1:%d%s", port, path), w.FormDataContentType(), &form)
	if err != nil {
		t.Error(path, err)
		return ""
	}
	defer r.Body.Close()
	b, _ := io.ReadAll(r.Body)
	return string(b)
}

// drop uploads a file to the plugin deaddrop, which tells its watchers, and gets it.
func drop(t *testing.T, port int, dir string) {
	t.Helper()
	c := dial(t, port, "lws-deaddrop")
	if m := next(t, c); !strings.Contains(m, `"max_size":100000`) {
		t.Errorf("deaddrop begins with %q", m)
	}
	text := strings.Repeat("a dropped file ", 1000)
	post(t, port, "/upload", "file", text)
	if m := next(t, c); !strings.Contains(m, "dropped.txt") || !strings.Contains(m, fmt.Sprintf(`"size":%d`, len(text))) {
		t.Errorf("deaddrop tells %q", m)
	}
	if _, b, err := get(port, "/get/dropped.txt"); err != nil || b != text {
		t.Errorf("the dropped file: %d bytes, %v", len(b), err)
	}
	if l, _ := os.ReadDir(dir); len(l) != 1 {
		t.Errorf("%d files were dropped", len(l))
	}
	_ = c.WriteMessage(websocket.TextMessage, []byte(`{"del":"dropped.txt"}`))
	harness.Eventually(t, within, "the file is gone", func() bool { l, _ := os.ReadDir(dir); return len(l) == 0 })
}
