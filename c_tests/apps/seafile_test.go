// SPDX-License-Identifier: MIT

package apps

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

const (
	seafileRepo = "11111111-2222-3333-4444-555555555555"
	seafileHead = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
)

// seafile's daemon clones an empty library from us, and asks our notification
// server for news of it: it sends on the WRITEABLE that follows the pings of the
// library's own, one a second. With --daemon it forks before its first call.
func TestSeafile(t *testing.T) {
	for _, mode := range []string{"foreground", "daemon"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel() // it mostly waits
			each(t, func(t *testing.T, l library) { seafile(t, l, mode == "daemon") })
		})
	}
}

func seafile(t *testing.T, l library, daemon bool) {
	var pings, looks atomic.Int32
	subscribed, news := make(chan string, 10), make(chan string)
	notify := wsHandler(t, func(c *websocket.Conn) {
		pong := c.PingHandler()
		c.SetPingHandler(func(s string) error {
			pings.Add(1)
			return pong(s)
		})
		go func() {
			for m := range news {
				if err := c.WriteMessage(websocket.TextMessage, []byte(m)); err != nil {
					t.Error(err)
				}
			}
		}()
		for {
			_, m, err := c.ReadMessage()
			if err != nil {
				return
			}
			subscribed <- string(m)
		}
	}, "notification.seafile.com")
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		has := func(part string) bool { return strings.Contains(r.URL.Path, part) }
		var v any
		switch {
		case r.URL.Path == "/notification":
			notify.ServeHTTP(w, r)
			return
		case has("/protocol-version"):
			v = map[string]any{"version": 2}
		case has("/notification/ping"):
			v = map[string]any{"ret": "pong"}
		case has("/jwt-token"):
			v = map[string]any{"jwt_token": "a token"}
		case has("/commit/HEAD"):
			looks.Add(1)
			v = map[string]any{"is_corrupted": 0, "head_commit_id": seafileHead}
		case has("/commit/"):
			v = map[string]any{"commit_id": seafileHead, "root_id": strings.Repeat("0", 40), "repo_id": seafileRepo, "creator_name": "a@b.c",
				"creator": strings.Repeat("0", 40), "description": "empty", "ctime": 1600000000, "parent_id": nil, "second_parent_id": nil,
				"repo_name": "lib", "repo_desc": "", "repo_category": nil, "no_local_history": 1, "version": 1}
		case has("/head-commits-multi"):
			v = map[string]any{seafileRepo: seafileHead}
		case has("/fs-id-list"), has("/folder-perm"), has("/locked-files"):
			v = []any{}
		default:
			return
		}
		_ = json.NewEncoder(w).Encode(v)
	}))
	t.Cleanup(s.Close)

	dir := t.TempDir()
	for _, d := range []string{"conf/logs", "data", "files/lib"} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	args := []string{"-c", dir + "/conf", "-d", dir + "/data", "-w", dir + "/files", "-l", dir + "/log"}
	if daemon {
		args = append(args, "--daemon")
	}
	p := l.startProgram(t, nil, "usr/bin/seaf-daemon", args...)
	socket := filepath.Join(dir, "data", "seafile.sock")
	eventually(t, 15*time.Second, "the daemon's socket", func() bool {
		c, err := net.Dial("unix", socket)
		if err == nil {
			c.Close()
		}
		return err == nil
	})
	pid := pidOf(t, dir+"/conf")
	if daemon {
		killLater(t, pid)
		if pid == p.Pid() {
			t.Error("it has not forked")
		}
	}
	failed := func(what string) {
		t.Helper()
		b, _ := os.ReadFile(dir + "/log")
		t.Fatalf("%s\n%s\n%s", what, b, tail(p))
	}
	eventually(t, 15*time.Second, "cloning", func() bool { // it listens before it is ready
		return strings.Contains(seafileCall(t, socket, "seafile_clone", seafileRepo, 1, "lib", dir+"/files/lib", "token", nil, nil, "a@b.c", nil, 0,
			fmt.Sprintf(`{"is_readonly":0,"server_url":"%s"}`, s.URL)), seafileRepo)
	})
	select {
	case m := <-subscribed:
		if !strings.Contains(m, `"subscribe"`) || !strings.Contains(m, seafileRepo) || !strings.Contains(m, "a token") {
			t.Errorf("it says %s", m)
		}
	case <-time.After(30 * time.Second):
		failed("no subscription")
	}
	checkLoaded(t, l, pid)
	eventually(t, 15*time.Second, "pings", func() bool { return pings.Load() >= 2 })
	was := looks.Load()
	news <- fmt.Sprintf(`{"type":"repo-update","content":{"repo_id":"%s","commit_id":"%s"}}`, seafileRepo, strings.Repeat("b", 40))
	eventually(t, 20*time.Second, "a look at what is new", func() bool { return looks.Load() > was })
	close(news)
	_ = seafileCall(t, socket, "seafile_shutdown")
	if daemon {
		gone(t, pid)
	} else if err := p.Wait(15 * time.Second); err != nil {
		failed(err.Error())
	}
}

// seafileCall calls a function of the daemon's and returns its answer, "" when
// the daemon ends meanwhile.
func seafileCall(t testing.TB, socket string, call ...any) string {
	t.Helper()
	c, err := net.Dial("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(10 * time.Second))
	inner, _ := json.Marshal(call)
	outer, _ := json.Marshal(map[string]string{"service": "seafile-rpcserver", "request": string(inner)})
	if _, err := c.Write(append(binary.LittleEndian.AppendUint32(nil, uint32(len(outer))), outer...)); err != nil {
		t.Fatal(err)
	}
	var n [4]byte
	if _, err := io.ReadFull(c, n[:]); err != nil {
		return ""
	}
	b := make([]byte, binary.LittleEndian.Uint32(n[:]))
	_, _ = io.ReadFull(c, b)
	return string(b)
}

// pidOf finds the process that has text among its arguments.
func pidOf(t testing.TB, text string) int {
	t.Helper()
	files, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, f := range files {
		if b, _ := os.ReadFile(f); strings.Contains(string(b), text) {
			pid, _ := strconv.Atoi(strings.Split(f, "/")[2])
			return pid
		}
	}
	t.Fatalf("no process with %s", text)
	return 0
}
