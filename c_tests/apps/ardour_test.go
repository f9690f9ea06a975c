// SPDX-License-Identifier: MIT

package apps

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"libwebsockets/c_tests/harness"
)

// ardour's WebSocket surface asks for GLIB with a GMainLoop of its own; where
// lws_create_context answers NULL it polls by itself and calls lws_service_fd.
//
// Seen to fail: Debian's libraries without the plugin do not poll by glib.
func TestArdour(t *testing.T) {
	t.Run("glib", func(t *testing.T) { each(t, func(t *testing.T, l library) { ardour(t, l, true) }) })
	// Debian's library has the folder of its plugins built in, and no external
	// poll: there is nothing to compare with.
	t.Run("external poll", func(t *testing.T) {
		l := ours(t)
		bare := t.TempDir()
		harness.CopyFile(t, l.file(), filepath.Join(bare, l.ref.Soname()))
		l.dir = bare
		ardour(t, l, false)
	})
}

func ardour(t *testing.T, l library, glib bool) {
	const port = 3818 // it has no other
	alone(t, "ardour")
	dir := t.TempDir()
	name := map[int]string{17: "ardour7", 19: "ardour8"}[l.ref.ABI]
	lib := l.debianFile(t, "usr/lib", name)
	if l.name == "debian" { // what is installed may be the other ABI's
		l.dir = l.ref.WithPlugins(t, "glib")
	}
	for _, d := range []string{"surfaces", "home/.config/" + name} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	const surface = "libardour_websockets.so"
	if err := os.Symlink(filepath.Join(lib, "surfaces", surface), filepath.Join(dir, "surfaces", surface)); err != nil {
		t.Fatal(err)
	}
	home := filepath.Join(dir, "home")
	env := []string{"HOME=" + home, "XDG_CONFIG_HOME=" + home + "/.config", "XDG_CACHE_HOME=" + home + "/.cache",
		"ARDOUR_DATA_PATH=" + l.debianFile(t, "usr/share", name), "ARDOUR_CONFIG_PATH=" + l.debianFile(t, "etc", name), "ARDOUR_DLL_PATH=" + lib,
		"ARDOUR_SURFACES_PATH=" + filepath.Join(dir, "surfaces")}

	session := filepath.Join(dir, "session")
	dirs := strings.Join([]string{l.dir, lib, l.debianFile(t, multiarch, "pulseaudio")}, ":")
	argv, more := l.ref.Run(t, l.debianFile(t), dirs, filepath.Join(lib, "utils", name+"-new_empty_session"), "-s", "48000", session, "session")
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Env = slices.Concat(os.Environ(), more, env)
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
	s := server{l.ref.Start(t, env, l.debianFile(t), dirs, filepath.Join(lib, "luasession"), script), port}
	// With Debian's library ardour crashes now and then, or stands still, in the glib
	// plugin (c_tests/loops): that is no failure of ours.
	fail := t.Fatalf
	if l.name == "debian" {
		fail = t.Skipf
	}
	if !s.Listens(port) {
		fail("nobody listens\n%s", tail(s.Proc))
	}
	checkLoaded(t, l, s.Pid())
	maps, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", s.Pid()))
	if err != nil || glib != strings.Contains(string(maps), harness.Plugin("glib")) {
		t.Errorf("the glib plugin is loaded: %v (%v)", !glib, err)
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
