// SPDX-License-Identifier: MIT

package harness

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Debian's programs, as tests and measurements have them.

// Command is a program that Run runs.
func (r Ref) Command(t testing.TB, env []string, root, lib, exe string, args ...string) *exec.Cmd {
	t.Helper()
	argv, more := r.Run(t, root, lib, exe, args...)
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Env = append(append(cmd.Environ(), more...), env...)
	return cmd
}

// Mapped are the libwebsockets that a process has mapped.
func Mapped(t testing.TB, pid int) map[string]bool {
	t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", pid))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for line := range strings.Lines(string(b)) {
		if f := strings.Fields(line); len(f) > 5 && strings.Contains(f[5], "libwebsockets.so") {
			found[f[5]] = true
		}
	}
	return found
}

// Mosquitto is Debian 13's MQTT broker with a configuration's listeners. Debian 12's has
// no WebSockets of the library's.
func (r Ref) Mosquitto(t testing.TB, lib, listeners string) *exec.Cmd {
	t.Helper()
	conf := filepath.Join(t.TempDir(), "mosquitto.conf")
	if err := os.WriteFile(conf, []byte("user root\nallow_anonymous true\nmax_queued_messages 0\n"+listeners), 0o644); err != nil {
		t.Fatal(err)
	}
	return r.Command(t, nil, r.Programs(t), lib, r.Programs(t, "usr/sbin/mosquitto"), "-c", conf)
}

// Ttyd compiles it: Debian's package has the library in itself.
func Ttyd(t testing.TB) string {
	t.Helper()
	ref := Ref19
	sources, err := filepath.Glob(ref.Later(t, "usr/src/ttyd/src") + "/*.c")
	if err != nil || len(sources) == 0 {
		t.Fatal("ttyd has no sources: ", err)
	}
	args := append([]string{"-O1", "-w", "-D_GNU_SOURCE", "-I" + ref.Later(t, "usr/include/json-c")}, ref.Link(t)...)
	args = append(args, "-L"+ref.Later(t, debianLib), "-l:libjson-c.so.5", "-l:libuv.so.1", "-l:libz.so.1", "-lssl", "-lcrypto", "-lutil")
	return CC{Name: "ttyd"}.Program(t, append(args, sources...)...)
}

// Janus is what a janus is configured with: nothing but the WebSocket transport.
type Janus struct {
	WS, WSS, Admin int    // ports
	Cert, Key      string // files
	Backend        string // a URL that events go to, or nothing
	Pings          bool
}

// program is the janus that goes with a library, Debian 12's or that of Debian's next,
// and where its plugins are: Debian 13 has none.
func (Janus) program(t testing.TB, r Ref, lib string) (start func(args ...string) *exec.Cmd, plugins string) {
	t.Helper()
	if r == Ref19 {
		root := r.Later(t)
		return func(args ...string) *exec.Cmd {
			return r.Command(t, nil, root, lib, r.Later(t, "usr/bin/janus"), args...)
		}, filepath.Join(root, debianLib, "janus")
	}
	exe, err := exec.LookPath("janus")
	if err != nil {
		t.Skip("janus is missing, which not every Debian has: run tools/deps elsewhere")
	}
	return func(args ...string) *exec.Cmd {
		cmd := exec.Command(exe, args...)
		cmd.Env = append(cmd.Environ(), "LD_LIBRARY_PATH="+lib)
		return cmd
	}, "/usr/lib/*/janus"
}

// Command writes the configuration, and is janus with it.
func (j Janus) Command(t testing.TB, r Ref, lib string) *exec.Cmd {
	t.Helper()
	start, plugins := j.program(t, r, lib)
	dir := t.TempDir()
	for _, d := range []string{"empty", "transports", "events"} {
		if err := os.Mkdir(filepath.Join(dir, d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	use := []string{"transports/libjanus_websockets.so"}
	if j.Backend != "" {
		use = append(use, "events/libjanus_wsevh.so")
	}
	for _, name := range use {
		plugin, _ := filepath.Glob(filepath.Join(plugins, name))
		if len(plugin) != 1 {
			t.Fatalf("janus' plugin %s: %v", name, plugin)
		}
		if err := os.Symlink(plugin[0], filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	pings := ""
	if j.Pings {
		pings = "pingpong_trigger = 1\n\tpingpong_timeout = 10"
	}
	for name, text := range map[string]string{
		"janus.jcfg": fmt.Sprintf(`general: {
	configs_folder = "%[1]s"
	plugins_folder = "%[1]s/empty"
	transports_folder = "%[1]s/transports"
	events_folder = "%[1]s/events"
	loggers_folder = "%[1]s/empty"
	interface = "127.0.0.1"
	debug_level = 4
	debug_colors = false
}
nat: { ice_enforce_list = "lo" }
events: { broadcast = %t }
`, dir, j.Backend != ""),
		"janus.eventhandler.wsevh.jcfg": fmt.Sprintf(`general: {
	enabled = true
	events = "sessions"
	grouping = false
	json = "compact"
	backend = "%s"
	subprotocol = "janus-events"
	ws_logging = "err,warn"
}
`, j.Backend),
		"janus.transport.websockets.jcfg": fmt.Sprintf(`general: {
	json = "compact"
	%s
	ws = true
	ws_port = %d
	ws_interface = "lo"
	wss = true
	wss_port = %d
	wss_interface = "lo"
	ws_logging = "err,warn"
}
admin: {
	admin_ws = true
	admin_ws_port = %d
	admin_ws_interface = "lo"
}
certificates: {
	cert_pem = "%s"
	cert_key = "%s"
}
`, pings, j.WS, j.WSS, j.Admin, j.Cert, j.Key),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return start("-F", dir)
}
