// SPDX-License-Identifier: MIT

package cgi

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const backend = "/usr/lib/git-core/git-http-backend"

// git runs git in a folder; its buffer for requests has a size.
func git(t *testing.T, buffer int, dir string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), soon)
	defer cancel()
	cmd := exec.CommandContext(ctx, "git", append([]string{"-c", "user.name=t", "-c", "user.email=t@t", "-c", "init.defaultBranch=main",
		"-c", "http.sslVerify=false", "-c", fmt.Sprint("http.postBuffer=", buffer)}, args...)...)
	cmd.Dir = dir
	cmd.WaitDelay = time.Second // git has children
	cmd.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "HOME="+t.TempDir(), "GIT_TERMINAL_PROMPT=0")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %s: %v: %s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// TestGit: git's own server, as a CGI: a repository is cloned, and what is pushed is there
// for the next clone; over HTTP/1.1, and over TLS and HTTP/2. Requests come coded with gzip, and, as
// they are larger than the buffer that git has for them, in chunks; the smallest buffer makes
// all of them such requests. Seen to fail: with the first window of 0.
func TestGit(t *testing.T) {
	if _, err := os.Stat(backend); err != nil {
		t.Skip(err)
	}
	for n := range 2 * len(libraries[1:]) {
		l, buffer := libraries[1+n/2], 65536<<(n%2)
		t.Run(fmt.Sprint(l.Name, " ", buffer), func(t *testing.T) {
			t.Parallel()
			root := t.TempDir()
			git(t, buffer, root, "init", "--bare", "r.git")
			git(t, buffer, filepath.Join(root, "r.git"), "config", "http.receivepack", "true")
			s := newSite(t, l, map[string]string{"/git": backend + "=60"}, "-q", "GIT_PROJECT_ROOT:"+root, "GIT_HTTP_EXPORT_ALL:1", "HOME:"+root,
				"GIT_CONFIG_COUNT:1", "GIT_CONFIG_KEY_0:safe.directory", "GIT_CONFIG_VALUE_0:*")
			for n, url := range []string{fmt.Sprintf("http://127.0.0.1:%d/git/r.git", s.port), fmt.Sprintf("https://127.0.0.1:%d/git/r.git", s.tls)} {
				dir := t.TempDir()
				git(t, buffer, dir, "clone", url, "one")
				one := filepath.Join(dir, "one")
				for i := range 40 { // commits that have much to tell
					if err := os.WriteFile(filepath.Join(one, fmt.Sprint(n, "-", i)), pattern(20000+i), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				git(t, buffer, one, "add", ".")
				git(t, buffer, one, "commit", "-qm", "more")
				git(t, buffer, one, "push", url, "HEAD:main")
				git(t, buffer, dir, "clone", "-b", "main", url, "two")
				if a, b := git(t, buffer, one, "rev-parse", "HEAD"), git(t, buffer, filepath.Join(dir, "two"), "rev-parse", "HEAD"); a != b {
					t.Errorf("%s, then %s", a, b)
				}
				git(t, buffer, filepath.Join(dir, "two"), "fsck", "--strict")
			}
			s.alone(soon)
			s.end()
		})
	}
}
