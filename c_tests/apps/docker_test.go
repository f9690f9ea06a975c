// SPDX-License-Identifier: MIT

package apps

import (
	"encoding/json"
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

// instruction is one of a Dockerfile's, with its text.
type instruction struct{ name, text string }

// built is what the first stage ends with.
const built = `make install install-test-server ABI="$(tools/default-abi)" DESTDIR=/out PREFIX=/usr/local`

// TestDockerfile: the last stage of the Dockerfile, run step by step in a clean root
// without docker. Its server runs as another user than root, answers the health check, and
// talks. The stage before is this checkout: what it hands on is made here. Seen to fail with a
// health check that asks for what is not there.
func TestDockerfile(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(harness.Top(), "Dockerfile"))
	if err != nil {
		t.Fatal(err)
	}
	var stages [][]instruction
	for line := range strings.Lines(strings.ReplaceAll(string(text), "\\\n", " ")) {
		name, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch {
		case name == "" || name == "#" || name == "ARG" && len(stages) == 0:
		case name == "FROM":
			if !regexp.MustCompile(`^debian:\$\{DEBIAN\}-slim( AS build)?$`).MatchString(rest) {
				t.Errorf("FROM %s", rest)
			}
			stages = append(stages, nil)
		default:
			stages[len(stages)-1] = append(stages[len(stages)-1], instruction{name, rest})
		}
	}
	if len(stages) != 2 || len(stages[0]) < 3 || stages[0][len(stages[0])-1].text != built {
		t.Fatalf("the stages are %q", stages)
	}
	ref := harness.Ref17
	if m := strings.TrimSpace(run(t, "", nil, filepath.Join(harness.Top(), "tools", "default-abi"))); m == "19" {
		ref = harness.Ref19
	}
	out := filepath.Join(t.TempDir(), "out")
	run(t, "", nil, "make", "-s", "-C", harness.Top(), "install", "install-test-server", fmt.Sprint("ABI=", ref.ABI), "DESTDIR="+out, "PREFIX=/usr/local")
	runStage(t, ref, stages[1], out)
}

// runStage runs the lines of the last one, with that folder to copy from.
func runStage(t *testing.T, ref harness.Ref, lines []instruction, out string) {
	t.Helper()
	r := newRoot(t, ref)
	user, port, health := "root", "", ""
	var server []string
	for _, l := range lines {
		switch {
		case l.name == "RUN" && strings.HasPrefix(l.text, "apt-get "): // OpenSSL is in the root
		case l.name == "RUN":
			r.must("sh", "-c", l.text)
		case l.name == "COPY" && l.text == "--from=build /out/ /":
			run(t, "", nil, "sh", "-c", `tar -C "$0" -c . | tar -x --no-same-owner -C "$1"`, out, r.path("/"))
		case l.name == "USER":
			user = l.text
		case l.name == "EXPOSE":
			port = l.text
		case l.name == "HEALTHCHECK":
			health = strings.TrimPrefix(l.text, "CMD ")
		case l.name == "CMD":
			if err := json.Unmarshal([]byte(l.text), &server); err != nil {
				t.Fatalf("CMD %s: %v", l.text, err)
			}
		default:
			t.Fatalf("%s %s: this test does not know that", l.name, l.text)
		}
	}
	// What is asked for is a fixed port, which may be somebody's here.
	free := fmt.Sprint(harness.FreePort(t))
	for i := range server {
		server[i] = strings.ReplaceAll(server[i], port, free)
	}
	as := func(args ...string) *exec.Cmd {
		return r.command(append([]string{"setpriv", "--reuid=" + user, "--regid=" + user, "--clear-groups"}, args...)...)
	}
	check := strings.ReplaceAll(health, port, free)
	if b, err := as("sh", "-c", check).CombinedOutput(); err == nil {
		t.Errorf("the server is well before it runs: %s", b)
	}
	cmd := as(server...)
	cmd.Env[0] = "PATH=/usr/local/sbin:/usr/local/bin:" + strings.TrimPrefix(cmd.Env[0], "PATH=")
	p := harness.StartCmd(t, cmd)
	number := 0
	_, _ = fmt.Sscan(free, &number)
	p.Listening(number)
	if status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.Pid())); err != nil || strings.Contains(string(status), "\nUid:\t0") {
		t.Errorf("it runs as root: %v", err)
	}
	found := harness.Mapped(t, p.Pid())
	for name := range found {
		if len(found) != 1 || !strings.HasSuffix(name, "/usr/local/lib/"+ref.Soname()) {
			t.Errorf("it has loaded %v", found)
		}
	}
	if b, err := as("sh", "-c", check).CombinedOutput(); err != nil {
		t.Errorf("health check: %v\n%s", err, b)
	}
	drive(t, net.JoinHostPort("127.0.0.1", free))
	interrupt(t, p)
}
