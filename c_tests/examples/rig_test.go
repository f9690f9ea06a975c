// SPDX-License-Identifier: MIT

package examples

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"libwebsockets/c_tests/harness"
)

// rig is what a drive works with: one program, one library.
type rig struct {
	*testing.T
	job
	ref        harness.Ref
	dir        string // the program's folder, a private copy
	own        []*regexp.Regexp
	oldTLS     bool // 1.2: when the handshake is over, it is over on both sides
	masks      []mask
	transcript []string
}

type mask struct {
	line *regexp.Regexp
	with string
}

// note adds a line to what must be the same with both libraries.
func (r *rig) note(format string, args ...any) {
	for l := range strings.SplitSeq(fmt.Sprintf(format, args...), "\n") {
		for _, m := range r.masks {
			l = m.line.ReplaceAllString(l, m.with)
		}
		r.transcript = append(r.transcript, l)
	}
}

// mask makes later notes and logs blind for what may differ, such as times.
func (r *rig) mask(line, with string) {
	r.masks = append(r.masks, mask{regexp.MustCompile(line), with})
}

// fileTime is the time of all files: entity tags are made of it.
var fileTime = time.Unix(1600000000, 0)

// put writes a file into the program's folder.
func (r *rig) put(name string, content []byte) {
	r.Helper()
	path := filepath.Join(r.dir, name)
	must(r, os.WriteFile(path, content, 0o644))
	must(r, os.Chtimes(path, fileTime, fileTime))
}

// start runs the program in its folder.
func (r *rig) start(args ...string) *harness.Proc {
	r.Helper()
	return r.startWith(nil, nil, args...)
}

func (r *rig) startWith(stdin io.Reader, env []string, args ...string) *harness.Proc {
	r.Helper()
	return r.launch(r.Exe, stdin, env, args...)
}

// launch runs an executable that was built for the ABI.
func (r *rig) launch(exe string, stdin io.Reader, env []string, args ...string) *harness.Proc {
	r.Helper()
	argv, more := r.ref.Run(r, r.ref.Root(r), r.Lib, exe, args...)
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Dir, cmd.Stdin = r.dir, stdin
	cmd.Env = slices.Concat(os.Environ(), more, []string{"SSL_CERT_FILE=" + filepath.Join(r.Keys, "ca.pem"), "TZ=UTC"}, env)
	return harness.StartCmd(r, cmd)
}

// serve starts the program and waits until it listens.
func (r *rig) serve(port int, args ...string) *harness.Proc {
	r.Helper()
	p := r.start(args...)
	p.Listening(port)
	return p
}

// stop ends the program as ctrl-C does, and notes how it ends and its log.
func (r *rig) stop(p *harness.Proc) {
	r.Helper()
	p.Signal(syscall.SIGINT)
	r.ended(p)
}

// leave is for programs whose handler of ctrl-C destroys the context: whether
// they end by that is a matter of luck with the original.
func (r *rig) leave(p *harness.Proc) {
	r.Helper()
	for _, l := range r.logged(p) {
		r.note("log: %s", l)
	}
}

// ended waits for the program's own end.
func (r *rig) ended(p *harness.Proc) {
	r.Helper()
	r.noteLog(p)
	r.note("exit %d", r.exit(p))
}

func (r *rig) exit(p *harness.Proc) int {
	r.Helper()
	err := p.Wait(30 * time.Second)
	var x *exec.ExitError
	if errors.As(err, &x) {
		return x.ExitCode()
	}
	must(r, err)
	return 0
}

var (
	stamp   = regexp.MustCompile(`^\[\d{4}/\d\d/\d\d [\d:]+\] (\w): (.*)$`)
	pointer = regexp.MustCompile(`0x[0-9a-f]{6,}|\(nil\)`)
)

// noteLog notes what the program said: its standard output, and those lines
// of the log that it wrote itself.
func (r *rig) noteLog(p *harness.Proc) {
	r.Helper()
	_ = r.exit(p)
	for _, l := range p.All() {
		r.note("out: %s", l)
	}
	for _, l := range r.logged(p) {
		r.note("log: %s", l)
	}
}

// logged are the program's own log lines so far.
func (r *rig) logged(p *harness.Proc) []string {
	var list []string
	mine := false
	for l := range strings.SplitSeq(p.Log(), "\n") {
		m := stamp.FindStringSubmatch(l)
		if m == nil {
			// What follows a line without a stamp belongs to it.
			if mine && l != "" && !strings.HasPrefix(l, "(process:") { // glib's complaints
				list = append(list, l)
			}
			continue
		}
		mine = m[1] == "U" || slices.ContainsFunc(r.own, func(x *regexp.Regexp) bool { return x.MatchString(m[2]) })
		if mine {
			list = append(list, m[1]+": "+pointer.ReplaceAllString(m[2], "PTR"))
		}
	}
	return list
}

// waitLog waits for a line of the program's log, which it returns.
func (r *rig) waitLog(p *harness.Proc, line string) []string {
	r.Helper()
	return r.waitLogs(p, line, 1)[0]
}

// waitLogs waits until n lines match.
func (r *rig) waitLogs(p *harness.Proc, line string, n int) [][]string {
	r.Helper()
	x := regexp.MustCompile("(?m)" + line)
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if m := x.FindAllStringSubmatch(p.Log(), -1); len(m) >= n {
			return m
		}
		if !p.Running() {
			break
		}
	}
	r.Fatalf("%d lines %q did not come; log:\n%s", n, line, p.Log())
	return nil
}

var (
	logCall = regexp.MustCompile(`lwsl_(?:err|warn|notice|user)\(\s*((?:"(?:[^"\\]|\\.)*"\s*)+)`)
	literal = regexp.MustCompile(`"((?:[^"\\]|\\.)*)"`)
	verb    = regexp.MustCompile(`%[-0-9.*]*(?:ll|l|z)?[a-zA-Z]`)
)

// formats are regular expressions for the lines that a program logs itself,
// made from the format strings in its source.
func (p *program) formats(t testing.TB) []string {
	t.Helper()
	list := []string{`^[0-9a-f]{4}: ( [0-9a-f]{2}| {3})+`} // lwsl_hexdump
	dir := p.ref.Source(t, "minimal-examples", p.folder)
	files, err := filepath.Glob(dir + "/*.c")
	must(t, err)
	for _, f := range files {
		for _, call := range logCall.FindAllStringSubmatch(read(t, f), -1) {
			format := ""
			for _, m := range literal.FindAllStringSubmatch(call[1], -1) {
				s, err := strconv.Unquote(`"` + strings.ReplaceAll(m[1], `\'`, "'") + `"`)
				must(t, err)
				format += s
			}
			// Too little text of its own would match the library's lines.
			if format = strings.TrimSpace(format); len(verb.ReplaceAllString(format, "")) < 8 {
				continue
			}
			parts := verb.Split(format, -1)
			for i := range parts {
				parts[i] = regexp.QuoteMeta(parts[i])
			}
			list = append(list, `^\s*`+strings.Join(parts, "(?s:.*)"))
		}
	}
	return list
}

// sum stands for a long text in a note.
func sum(b []byte) string {
	if len(b) <= 60 {
		return strconv.Quote(string(b))
	}
	s := sha256.Sum256(b)
	return fmt.Sprintf("%d bytes %x", len(b), s[:6])
}

// answer is one response, head as it was on the wire.
type answer struct {
	head string
	code int
	http.Header
	body []byte
}

// conn is a connection that a drive asks on.
type conn struct {
	net.Conn
	r     *bufio.Reader
	got   *bytes.Buffer
	noted int // bytes of got that are in the transcript
}

// dial connects to a port on the loopback interface.
func (r *rig) dial(port int) *conn {
	r.Helper()
	c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	must(r, err)
	return r.wrap(c)
}

// dialTLS is dial with TLS; protos are for ALPN.
func (r *rig) dialTLS(port int, name string, protos ...string) *conn {
	r.Helper()
	config := &tls.Config{InsecureSkipVerify: true, ServerName: name, NextProtos: protos}
	if r.oldTLS {
		config.MaxVersion = tls.VersionTLS12
	}
	c, err := tls.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port), config)
	must(r, err)
	return r.wrap(c)
}

func (r *rig) wrap(c net.Conn) *conn {
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	r.Cleanup(func() { c.Close() })
	k := &conn{Conn: c, got: &bytes.Buffer{}}
	k.r = bufio.NewReader(io.TeeReader(c, k.got))
	return k
}

// ask sends a request and reads the whole answer.
func (c *conn) ask(t testing.TB, request string) answer {
	t.Helper()
	_, err := io.WriteString(c, request)
	must(t, err)
	return c.answer(t, request)
}

func (c *conn) answer(t testing.TB, request string) answer {
	t.Helper()
	before := c.got.Len() - c.r.Buffered()
	method, _, _ := strings.Cut(request, " ")
	resp, err := http.ReadResponse(c.r, &http.Request{Method: method})
	if err != nil {
		t.Fatalf("%q is answered with %q: %v", request, c.got.Bytes()[before:], err)
	}
	head, _, _ := strings.Cut(string(c.got.Bytes()[before:]), "\r\n\r\n")
	body, err := io.ReadAll(resp.Body)
	if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("the body for %q: %v", request, err)
	}
	return answer{head, resp.StatusCode, resp.Header, body}
}

// get is a request for a path.
func get(path string, headers ...string) string {
	return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + strings.Join(append(headers, ""), "\r\n") + "\r\n"
}

func post(path, kind, body string) string {
	return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s", path, kind, len(body), body)
}

// noteAnswer notes an answer with its head and body.
func (r *rig) noteAnswer(what string, a answer) {
	r.note("%s -> %s\n  body %s", what, strings.ReplaceAll(a.head, "\r\n", "\n  "), sum(a.body))
}

// files asks for every file of a mount on one connection and compares.
func (r *rig) files(c *conn, prefix, origin string, headers ...string) {
	r.Helper()
	r.filesOn(func() *conn { return c }, prefix, origin, headers...)
}

// filesOn may ask for each on a connection of its own.
func (r *rig) filesOn(dial func() *conn, prefix, origin string, headers ...string) {
	r.Helper()
	root := filepath.Join(r.dir, origin)
	var list []string
	must(r, filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(root, path)
			list = append(list, rel)
		}
		return err
	}))
	sort.Strings(list)
	if len(list) == 0 {
		r.Fatalf("no files below %s", origin)
	}
	for _, f := range list {
		if strings.HasSuffix(f, ".zip") {
			continue // no type is known for it: 415
		}
		path := prefix + f
		a := dial().ask(r, get(path, headers...))
		r.noteAnswer(path, a)
		if want := read(r, filepath.Join(root, f)); a.code != 200 || string(a.body) != want {
			r.Errorf("%s: status %d, %s; the file has %s", path, a.code, sum(a.body), sum([]byte(want)))
		}
	}
}

// makeKeys makes an authority and a certificate for the names that the
// examples connect to. Both libraries' runs see the same.
func makeKeys(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	issue := func(name string, signer *harness.Identity, edit func(*x509.Certificate)) *harness.Identity {
		id := harness.Issue(t, name, signer, func(c *x509.Certificate) {
			c.DNSNames, c.KeyUsage, c.ExtKeyUsage = nil, 0, nil
			edit(c)
		})
		must(t, os.Rename(id.CertFile, filepath.Join(dir, name+".pem")))
		must(t, os.Rename(id.KeyFile, filepath.Join(dir, name+".key")))
		return id
	}
	ca := issue("ca", nil, func(c *x509.Certificate) { c.IsCA, c.KeyUsage = true, x509.KeyUsageCertSign })
	issue("warmcat.com", ca, func(c *x509.Certificate) {
		c.DNSNames, c.KeyUsage = names, x509.KeyUsageDigitalSignature
		c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	})
	issue("stranger.example", ca, func(c *x509.Certificate) { c.DNSNames = []string{"stranger.example"} })
	issue("self-signed", nil, func(c *x509.Certificate) { c.DNSNames = names })
	return dir
}

// identity is one of makeKeys' certificates.
func (r *rig) identity(name string) tls.Certificate {
	r.Helper()
	c, err := tls.LoadX509KeyPair(filepath.Join(r.Keys, name+".pem"), filepath.Join(r.Keys, name+".key"))
	must(r, err)
	return c
}

// listen opens a port for a client program; with a certificate's name, TLS.
func (r *rig) listen(port int, cert string, protos ...string) net.Listener {
	r.Helper()
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	must(r, err)
	r.Cleanup(func() { l.Close() })
	if cert != "" {
		l = tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{r.identity(cert)}, NextProtos: protos})
	}
	return l
}
