// SPDX-License-Identifier: MIT

// Package web runs one C web server, compiled once against the reference's
// headers, with the reference's library and with ours, plain and over TLS, and
// compares the bytes of their answers to a table of odd requests.
//
// Seen to fail: a build of ours with max-age of mounts ignored.
package web

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"libwebsockets/c_tests/harness"
)

// patience is longer than any timeout of the site.
const patience = 8 * time.Second

// site is one running server.
type site struct {
	name        string
	plain, tls  int // ports
	certificate string
	pid         int
	log         string // a file
}

// said is what the server has logged.
func (s site) said() string {
	b, err := os.ReadFile(s.log)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// peak is the most memory that the server had, in KiB.
func (s site) peak(t *testing.T) (kib int) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.pid))
	must(t, err)
	_, after, _ := strings.Cut(string(b), "VmHWM:")
	_, err = fmt.Sscan(after, &kib)
	must(t, err)
	return kib
}

// sites starts the reference's and our server, on the same files.
func sites(t *testing.T) (ref, ours site) {
	if testing.Short() {
		t.Skip("runs servers")
	}
	debian := harness.Debian(t)
	exe := harness.Program(t, slices.Concat(harness.Strict, []string{"prog/site.c", "-I" + debian.Include, debian.File()})...)
	dir := t.TempDir()
	files(t, dir)
	id := harness.Issue(t, "tls.test", nil, nil)
	return start(t, "reference", debian.Lib, exe, dir, id), start(t, "ours", harness.Lib(t), exe, dir, id)
}

func start(t *testing.T, name, lib, exe, dir string, id *harness.Identity) site {
	return startAs(t, name, id, []string{"LD_LIBRARY_PATH=" + lib}, exe, dir, id.CertFile, id.KeyFile)
}

func startAs(t *testing.T, name string, id *harness.Identity, env []string, argv ...string) site {
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Env = append(os.Environ(), env...)
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	must(t, err)
	defer log.Close()
	cmd.Stderr = log
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	s := site{name: name, certificate: id.CertFile, pid: cmd.Process.Pid, log: log.Name()}
	if _, err := fmt.Fscanf(out, "ports %d %d\n", &s.plain, &s.tls); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, s.said())
	}
	t.Cleanup(func() {
		late := time.AfterFunc(patience, func() { _ = cmd.Process.Kill() })
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
		late.Stop()
		if text := s.said(); t.Failed() && text != "" {
			t.Logf("%s: %s", name, text)
		}
	})
	return s
}

// files makes what the sites serve.
func files(t *testing.T, dir string) {
	for name, text := range map[string]string{
		"users":               "user:secret\r\nother:x\n",
		"outside.txt":         "outside\n",
		"site/index.html":     "<p>index</p>\n",
		"site/404.html":       "<p>nothing here</p>\n",
		"site/plain.txt":      "text\n",
		"site/deep.txt":       "deep\n",
		"site/a.odd":          "odd",
		"site/a.unknown":      "unknown",
		"site/a b.txt":        "spaced\n",
		"site/plus+.txt":      "plus\n",
		"site/empty.txt":      "",
		"site/.hidden.txt":    "hidden\n",
		"site/..dots.txt":     "dots\n",
		"site/sub/index.html": "<p>sub</p>\n",
		"site/sub/page.html":  "<p>page</p>\n",
		"site/both.txt":       "not compressed\n",
		"site/both.txt.gz":    "pretended gzip\n",
		"site/page.shtml":     "<h1>$title</h1> $count of $5, $none $titl $\n",
		"site/long.shtml":     strings.Repeat("0123456789 text without variables\n", 300),
		"site/large.txt":      strings.Repeat("0123456789abcdef", 20000),
	} {
		path := filepath.Join(dir, name)
		must(t, os.MkdirAll(filepath.Dir(path), 0o755))
		must(t, os.WriteFile(path, []byte(text), 0o644))
		must(t, os.Chtimes(path, time.Time{}, time.Unix(1700000000, 0)))
	}
	must(t, os.Symlink("../outside.txt", filepath.Join(dir, "site/out-link.txt")))
	must(t, os.Symlink("plain.txt", filepath.Join(dir, "site/in-link.txt")))
	must(t, os.Symlink("loop.txt", filepath.Join(dir, "site/loop.txt")))
	must(t, os.Symlink("sub", filepath.Join(dir, "site/dir-link")))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// probe asks, behind every request, whether the connection is still good.
const probe = "GET /plain.txt HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n"

// ask sends the parts, each after a whole answer to the one before, then the
// probe, and describes what came back until the end.
func ask(s site, secure bool, parts ...string) string {
	port := s.plain
	if secure {
		port = s.tls
	}
	c, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return err.Error()
	}
	defer c.Close()
	if secure {
		// With 1.3 a reset because of unread tickets could overtake the answer.
		c = tls.Client(c, &tls.Config{InsecureSkipVerify: true, ServerName: "tls.test", MaxVersion: tls.VersionTLS12})
	}
	var got bytes.Buffer
	r := bufio.NewReaderSize(io.TeeReader(c, &got), 1<<16)
	_ = c.SetDeadline(time.Now().Add(patience))
	end := ""
	for _, p := range append(parts, probe) {
		if _, err = io.WriteString(c, p); err == nil {
			// /dyn answers HEAD with a body as well: a probe sent before it would be pipelined.
			err = skipAnswer(r, strings.HasPrefix(strings.ToLower(p), "head") && !strings.Contains(p, "/dyn/"))
		}
		if err != nil {
			break
		}
	}
	if err == nil {
		_, err = io.Copy(io.Discard, r)
	}
	var late net.Error
	if errors.As(err, &late) && late.Timeout() {
		end = "<silence>"
	}
	return mask(got.String(), s) + end
}

// skipAnswer reads one answer; an error means that nothing more comes.
func skipAnswer(r *bufio.Reader, headOnly bool) error {
	length, chunked, status := -1, false, ""
	for n := 0; ; n++ {
		line, err := r.ReadString('\n')
		if err != nil {
			return err
		}
		line = strings.TrimSpace(line)
		name, value, _ := strings.Cut(strings.ToLower(line), ":")
		switch {
		case n == 0:
			_, status, _ = strings.Cut(line, " ")
		case name == "content-length":
			length, _ = strconv.Atoi(strings.TrimSpace(value))
		case name == "transfer-encoding":
			chunked = true
		}
		if line == "" {
			return skipBody(r, status, length, chunked, headOnly)
		}
	}
}

func skipBody(r *bufio.Reader, status string, length int, chunked, headOnly bool) error {
	switch {
	case strings.HasPrefix(status, "100"):
		return skipAnswer(r, headOnly)
	case headOnly || strings.HasPrefix(status, "304"):
		return nil
	case chunked:
		return skipChunks(r)
	case length < 0:
		return nil
	}
	_, err := io.CopyN(io.Discard, r, int64(length))
	return err
}

func skipChunks(r *bufio.Reader) error {
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return err
		}
		n, err := strconv.ParseInt(strings.TrimSpace(line), 16, 32)
		if err != nil {
			return err
		}
		if _, err := io.CopyN(io.Discard, r, n+2); err != nil || n == 0 {
			return err
		}
	}
}

var portInText = regexp.MustCompile(`127\.0\.0\.1:\d+`)

// mask takes out what may differ, and shortens what is long.
func mask(text string, s site) string {
	text = portInText.ReplaceAllString(text, "127.0.0.1:PORT")
	if len(text) > 20000 {
		text = fmt.Sprintf("%s... %d bytes, sum %08x", text[:1000], len(text), sum(text))
	}
	return text
}

func sum(s string) (h uint32) {
	for i := range len(s) {
		h = h*16777619 ^ uint32(s[i])
	}
	return h
}

// task is something to ask both sites; differs is its key in differences.
type task struct {
	name, differs string
	ask           func(site) string
}

// atOnce is how many tasks are under way at a time: some only wait.
const atOnce = 12

// compare has both sites asked everything.
func compare(t *testing.T, tasks []task) {
	ref, ours := sites(t)
	answers := make([][2]string, len(tasks))
	var all sync.WaitGroup
	slots := make(chan struct{}, atOnce)
	for i, k := range tasks {
		slots <- struct{}{}
		all.Go(func() {
			answers[i] = [2]string{k.ask(ref), k.ask(ours)}
			<-slots
		})
	}
	all.Wait()
	for i, k := range tasks {
		t.Run(k.name, func(t *testing.T) { judge(t, k.differs, answers[i][0], answers[i][1]) })
	}
}

// TestRequests sends the table.
func TestRequests(t *testing.T) {
	names := map[string]bool{}
	var tasks []task
	for _, c := range cases {
		if names[c.name] {
			t.Errorf("%s is there twice", c.name)
		}
		names[c.name] = true
		tasks = append(tasks,
			task{c.name, c.name, func(s site) string { return ask(s, false, c.parts...) }},
			task{c.name + " over TLS", c.name, func(s site) string { return ask(s, true, c.parts...) }})
	}
	for _, args := range curls {
		names[curlName(args)] = true
	}
	compare(t, tasks)
	for name := range differences {
		if !names[name] {
			t.Errorf("a difference is listed for %q, which does not exist", name)
		}
	}
}

var (
	boring    = regexp.MustCompile(`(x-canned|content-security-policy|x-content-type-options|x-xss-protection|x-frame-options|referrer-policy|server|Strict-Transport-Security): [^\r]*\r\n`)
	errorPage = regexp.MustCompile(`<html><head><meta.*?<body>(.*?)</body></html>`)
	probed    = regexp.MustCompile(`HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 5\r\ncache-control: no-store\r\netag: 000000056553F100\r\n\r\ntext\n$`)
)

// short leaves out of an answer what all have, for people who read it.
func short(answer string) string {
	answer = errorPage.ReplaceAllString(boring.ReplaceAllString(answer, ""), "<page $1>")
	return strconv.Quote(probed.ReplaceAllString(answer, "<probe>"))
}

// judge compares two answers; where a difference is listed ours must be as it says.
func judge(t *testing.T, name, want, got string) {
	t.Helper()
	d, listed := differences[name]
	switch {
	case !listed && want != got:
		t.Errorf("\n- %s\n+ %s", short(want), short(got))
	case listed && want == got:
		t.Errorf("quirk %d: there is no difference any more:\n%s", d.quirk, short(got))
	case listed && !regexp.MustCompile(`(?s)^`+d.ours).MatchString(got):
		t.Errorf("quirk %d: ours should match %s:\n%s", d.quirk, d.ours, short(got))
	case listed && !regexp.MustCompile(`(?s)^`+d.ref).MatchString(want):
		t.Errorf("quirk %d: the reference should match %s:\n%s", d.quirk, d.ref, short(want))
	}
}

// TestCurl has curl ask, with its own ways.
func TestCurl(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("no curl here")
	}
	var tasks []task
	for _, args := range curls {
		for _, scheme := range []string{"http", "https"} {
			tasks = append(tasks, task{scheme + " " + strings.Join(args, " "), curlName(args),
				func(s site) string { return curl(s, scheme, args) }})
		}
	}
	compare(t, tasks)
}

// curlName is the key of differences.
func curlName(args []string) string { return "curl " + strings.Join(args, " ") }

// curl runs it; SITE in the arguments stands for the site's address.
func curl(s site, scheme string, args []string) string {
	port := s.plain
	if scheme == "https" {
		port = s.tls
	}
	ctx, stop := context.WithTimeout(context.Background(), 2*patience)
	defer stop()
	all := []string{"-s", "-i", "-k", "--http1.1", "--max-time", "8", "-A", "curl"}
	for _, a := range args {
		all = append(all, strings.ReplaceAll(a, "SITE", fmt.Sprintf("%s://127.0.0.1:%d", scheme, port)))
	}
	out, err := exec.CommandContext(ctx, "curl", all...).Output()
	text := strings.TrimPrefix(string(out), "HTTP/1.1 100 Continue\r\n\r\n") // quirk 188
	return fmt.Sprintf("%s%v", mask(text, s), err)
}
