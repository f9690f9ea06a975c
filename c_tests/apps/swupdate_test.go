// SPDX-License-Identifier: MIT

package apps

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"libwebsockets/c_tests/harness"
)

// swupdate hands an update on to another machine: an upload, and a WebSocket
// on which that machine tells how it goes.
func TestSwupdate(t *testing.T) {
	each(t, func(t *testing.T, l library) {
		dir := t.TempDir()
		swupdate(t, dir, dir, func(args ...string) *harness.Proc {
			return l.startProgram(t, []string{"TMPDIR=" + dir}, "usr/bin/swupdate", args...)
		}, func(pid int) { checkLoaded(t, l, pid) })
	})
}

// swupdate has its files in dir, which the program knows by the name seen.
func swupdate(t *testing.T, dir, seen string, start func(args ...string) *harness.Proc, loaded func(pid int)) {
	t.Helper()
	uploaded, viewers := make(chan int, 1), make(chan string, 1)
	tell := make(chan string)
	watch := wsHandler(t, func(c *websocket.Conn) {
		viewers <- "ws"
		go func() {
			for {
				if _, _, err := c.ReadMessage(); err != nil {
					close(viewers)
					return
				}
			}
		}()
		for m := range tell {
			if err := c.WriteMessage(websocket.TextMessage, []byte(m)); err != nil {
				t.Errorf("%s: %v", m, err)
			}
		}
	})
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if websocket.IsWebSocketUpgrade(r) {
			watch.ServeHTTP(w, r)
			return
		}
		b, err := io.ReadAll(r.Body)
		if err != nil || r.URL.Path != "/upload" {
			t.Errorf("%s %s: %v", r.Method, r.URL, err)
		}
		uploaded <- len(b)
	}))
	t.Cleanup(other.Close)

	inner := cpio("sw-description", []byte("software = { version = \"1.0\"; }\n"), "data", bytes.Repeat([]byte("some data "), 20_000))
	description := fmt.Sprintf(`software = {
version = "1.0.0";
hardware-compatibility: ["1.0"];
images: ({
	filename = "inner.swu";
	type = "swuforward";
	sha256 = "%x";
	properties: { url = ("%s"); };
});
}
`, sha256.Sum256(inner), other.URL)
	text, key, cert := write(t, dir, "sw-description", description), filepath.Join(dir, "key"), filepath.Join(dir, "cert")
	run(t, "", nil, "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, "-subj", "/CN=updates", "-days", "3",
		"-addext", "extendedKeyUsage=emailProtection", "-addext", "keyUsage=digitalSignature")
	run(t, "", nil, "openssl", "cms", "-sign", "-in", text, "-out", text+".sig", "-signer", cert, "-inkey", key, "-outform", "DER", "-nosmimecap", "-binary")
	sig, err := os.ReadFile(text + ".sig")
	if err != nil {
		t.Fatal(err)
	}
	update := write(t, dir, "update.swu", string(cpio("sw-description", []byte(description), "sw-description.sig", sig, "inner.swu", inner)))
	p := start("-v", "-H", "board:1.0", "-k", seen+"/"+filepath.Base(cert), "-i", seen+"/"+filepath.Base(update))
	failed := func(what string) {
		t.Helper()
		all := strings.Join(p.All(), "\n")
		t.Fatalf("%s\n%s\n%s", what, all[max(0, len(all)-3000):], tail(p))
	}
	select {
	case <-viewers:
	case <-time.After(15 * time.Second):
		failed("no WebSocket")
	}
	loaded(p.Pid())
	tell <- `{"type":"status","status":"IDLE"}`
	select {
	case n := <-uploaded:
		if n < len(inner) {
			t.Errorf("%d bytes uploaded of %d", n, len(inner))
		}
	case <-time.After(15 * time.Second):
		failed("no upload")
	}
	for _, m := range []string{`{"type":"message","level":"3","text":"half of it"}`, `{"type":"status","status":"RUN"}`,
		`{"type":"message","level":"3","text":"all of it"}`, `{"type":"status","status":"SUCCESS"}`, `{"type":"status","status":"IDLE"}`} {
		tell <- m
	}
	_ = p.Wait(20 * time.Second) // now and then it ends with 1 after success, with any library
	if all := strings.Join(p.All(), "\n") + p.Log(); !strings.Contains(all, "SWUPDATE successful !") {
		failed("not successful")
	}
	select {
	case <-viewers:
	case <-time.After(15 * time.Second):
		t.Error("the WebSocket stays open")
	}
	close(tell)
}

// cpio is an archive in the format that swupdate reads ("crc"), of names and
// contents in turn.
func cpio(files ...any) []byte {
	var b bytes.Buffer
	pad := func() {
		for b.Len()%4 != 0 {
			b.WriteByte(0)
		}
	}
	add := func(name string, data []byte) {
		var sum uint32
		for _, c := range data {
			sum += uint32(c)
		}
		b.WriteString("070702")
		for _, v := range []int{1, 0o100644, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, int(sum)} {
			fmt.Fprintf(&b, "%08X", v)
		}
		b.WriteString(name + "\x00")
		pad()
		b.Write(data)
		pad()
	}
	for i := 0; i < len(files); i += 2 {
		add(files[i].(string), files[i+1].([]byte))
	}
	add("TRAILER!!!", nil)
	return b.Bytes()
}
