// SPDX-License-Identifier: MIT

package apps

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"libwebsockets/c_tests/harness"
)

// ardour's WebSocket surface asks for GLIB with a GMainLoop of its own; where
// lws_create_context answers NULL it polls by itself and calls lws_service_fd.
func TestArdour(t *testing.T) {
	t.Run("glib", func(t *testing.T) { both(t, ardour) })
	// Debian's library has the folder of its plugins built in, and no external
	// poll: there is nothing to compare with.
	t.Run("external poll", func(t *testing.T) {
		l := ours(t)
		bare := t.TempDir()
		b, err := os.ReadFile(filepath.Join(l.dir, "libwebsockets.so.17"))
		if err != nil {
			t.Fatal(err)
		}
		write(t, bare, "libwebsockets.so.17", string(b))
		l.dir = bare
		ardour(t, l)
	})
}

func ardour(t *testing.T, l library) {
	const port = 3818 // it has no other
	alone(t, "ardour")
	dir := t.TempDir()
	lib := debianFile(t, "usr/lib/ardour7")
	for _, d := range []string{"surfaces", "home/.config/ardour7"} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	const surface = "libardour_websockets.so"
	if err := os.Symlink(filepath.Join(lib, "surfaces", surface), filepath.Join(dir, "surfaces", surface)); err != nil {
		t.Fatal(err)
	}
	home := filepath.Join(dir, "home")
	env := l.programEnv(t, "HOME="+home, "XDG_CONFIG_HOME="+home+"/.config", "XDG_CACHE_HOME="+home+"/.cache",
		"ARDOUR_DATA_PATH="+debianFile(t, "usr/share/ardour7"), "ARDOUR_CONFIG_PATH="+debianFile(t, "etc/ardour7"), "ARDOUR_DLL_PATH="+lib,
		"ARDOUR_SURFACES_PATH="+filepath.Join(dir, "surfaces"))
	env[0] += ":" + lib

	session := filepath.Join(dir, "session")
	cmd := exec.Command(filepath.Join(lib, "utils/ardour7-new_empty_session"), "-s", "48000", session, "session")
	cmd.Env = append(os.Environ(), env...)
	out, _ := cmd.CombinedOutput() // with any library it crashes once it is done
	file := filepath.Join(session, "session.ardour")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	write(t, session, "session.ardour", strings.Replace(string(text), "</ControlProtocols>",
		`<Protocol name="WebSockets Server (Experimental)" active="1"/></ControlProtocols>`, 1))
	script := write(t, dir, "serve.lua", fmt.Sprintf(`AudioEngine:set_backend("None (Dummy)", "", "")
load_session("%s", "session")
while true do
	ARDOUR.LuaAPI.usleep(50000)
end
`, session))
	s := server{harness.StartEnv(t, env, filepath.Join(lib, "luasession"), script), port}
	s.Listening(port)
	checkLoaded(t, l, s.Pid())

	// With Debian's library ardour crashes now and then, in the glib plugin
	// (c_tests/loops): that is no failure of ours.
	fail := t.Fatalf
	if l.name == "debian" {
		fail = t.Skipf
	}
	// It listens while it still loads, and may drop who comes early.
	var r *http.Response
	for end := time.Now().Add(20 * time.Second); r == nil; time.Sleep(20 * time.Millisecond) {
		r, err = http.Get("http://" + s.addr() + "/")
		if err != nil && time.Now().After(end) {
			fail("the page: %v\n%s", err, tail(s.Proc))
		}
	}
	r.Body.Close()
	if r.StatusCode != 200 || r.ContentLength < 500 {
		t.Errorf("the page: %s, %d bytes", r.Status, r.ContentLength)
	}
	dial := func() *websocket.Conn {
		c, _, err := websocket.DefaultDialer.Dial("ws://"+s.addr()+"/", nil)
		if err != nil {
			fail("%v\n%s", err, tail(s.Proc))
		}
		t.Cleanup(func() { c.Close() })
		_ = c.SetReadDeadline(time.Now().Add(20 * time.Second))
		return c
	}
	expect := func(c *websocket.Conn, want string) {
		t.Helper()
		for n := 0; ; n++ {
			_, m, err := c.ReadMessage()
			if err != nil {
				fail("no %q: %v\n%s", want, err, tail(s.Proc))
			}
			if strings.Contains(strings.ReplaceAll(string(m), " ", ""), want) {
				return
			}
		}
	}
	one, two := dial(), dial()
	for _, c := range []*websocket.Conn{one, two} {
		expect(c, `"node":"transport_tempo","val":[120`)
	}
	for tempo := 130; tempo < 140; tempo++ {
		if err := one.WriteMessage(websocket.TextMessage, fmt.Appendf(nil, `{"node":"transport_tempo","val":[%d]}`, tempo)); err != nil {
			fail("%v\n%s", err, tail(s.Proc))
		}
		expect(two, fmt.Sprintf(`"node":"transport_tempo","val":[%d`, tempo))
	}
	// It is killed in the end: with any library it crashes in close_session.
}
