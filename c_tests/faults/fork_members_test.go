// SPDX-License-Identifier: MIT

package faults

import (
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	h "libwebsockets/c_tests/harness"
)

// TestForkMembers: the child of a process serves with what the parent's creation
// info said, as the parent would.
//
// Seen to fail: with each of these members left out of what a child's context
// takes over (impl/engine/again.go): TokenLimits, MaxHeaderData, ServerString, Reject,
// Hostname; of its vhost: Headers, Error404, Mounts, PVOs, KeepaliveSecs.
func TestForkMembers(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "page.odd"), []byte("a page"), 0o644); err != nil {
		t.Fatal(err)
	}
	requests := []struct{ name, request, want string }{
		{"a page of the program's", head("/tell"), "type 0, vhost default, host unknown, colour blue"},
		{"a long header", head("/tell", "Content-Type: "+strings.Repeat("t", 30)), ""},
		{"a long head", head("/tell", "Accept: "+strings.Repeat("a", 900)), ""},
		{"a file", head("/files/page.odd"), "content-type: text/odd"},
		{"its age", head("/files/page.odd"), "max-age=77"},
		{"the header of all answers", head("/files/page.odd"), "x-of: info"},
		{"the server's name", head("/tell"), "server: forked"},
		{"elsewhere", head("/away/x"), "location: http://example.com/here"},
		{"nowhere", head("/none"), "location: /missing"},
		{"nowhere, a file", head("/files/none"), "location: /missing"},
		{"a bot", head("/tell", "User-Agent: bot"), "403 "},
	}
	var answers [2][]string
	for n, mode := range [][]string{{dir}, {dir, "fork"}} {
		p := h.Start(t, h.Build(t, prog("forked.c")), mode...).Ready()
		pid, _ := strconv.Atoi(p.WaitLine(`^PID (\d+)$`, 15*time.Second)[1])
		if (pid == p.Pid()) != (n == 0) {
			t.Fatalf("%v: process %d serves, %d was started", mode, pid, p.Pid())
		}
		answers[n] = make([]string, len(requests))
		var all sync.WaitGroup
		for i, r := range requests { // each lasts as long as keepalive_timeout
			all.Go(func() { answers[n][i] = exchange(p.Addr(), r.request) })
		}
		all.Wait()
		_ = syscall.Kill(pid, syscall.SIGTERM)
		p.WaitLine("^DONE$", 15*time.Second)
	}
	for i, r := range requests {
		t.Run(r.name, func(t *testing.T) {
			if !strings.Contains(answers[0][i], r.want) {
				t.Errorf("want %q in the parent's answer: %s", r.want, answers[0][i])
			}
			if answers[0][i] != answers[1][i] {
				t.Errorf("parent: %s\nchild: %s", answers[0][i], answers[1][i])
			}
		})
	}
	if answers[0][0] == answers[0][1] {
		t.Errorf("token_limits make no difference: %s", answers[0][1])
	}
}

func head(path string, more ...string) string {
	return "GET " + path + " HTTP/1.1\r\nHost: t\r\n" + strings.Join(append(more, "", ""), "\r\n")
}

var volatile = regexp.MustCompile(`(?mi)^(date|etag|last-modified|expires): .*$`)

// exchange is the answer to a request, to the end of the connection: keepalive_timeout
// ends it, unless something else does.
func exchange(addr, request string) string {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return err.Error()
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(4 * time.Second))
	if _, err := io.WriteString(c, request); err != nil {
		return err.Error()
	}
	b, err := io.ReadAll(c)
	answer := volatile.ReplaceAllString(string(b), "$1: *")
	if err != nil {
		answer += "\n" + err.Error()[strings.LastIndex(err.Error(), ":")+1:]
	}
	return answer
}
