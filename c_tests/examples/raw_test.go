// SPDX-License-Identifier: MIT

package examples

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

func init() {
	self := func(r *rig) { r.ended(r.start()) }
	drives = append(drives, []drive{
		{folder: "raw/minimal-raw-adopt-tcp", does: "an adopted socket: request out, answer in", run: adoptTCP},
		{folder: "raw/minimal-raw-adopt-udp", does: "datagrams echoed to whoever sent them", run: adoptUDP},
		{folder: "raw/minimal-raw-fallback-http-server", does: "HTTP is served, what is not HTTP is echoed", run: func(r *rig) { fallback(r) }},
		{folder: "raw/minimal-raw-fallback-http-server", label: "-s", does: "the same with TLS", run: func(r *rig) { fallback(r, "-s") }},
		{folder: "raw/minimal-raw-fallback-http-server", label: "-s -u", does: "plain HTTP is redirected to https", run: func(r *rig) { fallback(r, "-s", "-u") }},
		{folder: "raw/minimal-raw-fallback-http-server", label: "-s -h", does: "plain HTTP is served on the TLS port", run: func(r *rig) { fallback(r, "-s", "-h") }},
		{folder: "raw/minimal-raw-file", does: "what is written into a FIFO", run: rawFile},
		{folder: "raw/minimal-raw-file", label: "no argument", does: "usage, exit status", run: func(r *rig) {
			r.mask(`Usage: \S+`, "Usage: PROGRAM")
			r.ended(r.start())
		}},
		{folder: "raw/minimal-raw-netcat", does: "standard input to a socket, the answer to standard output", run: netcat},
		{folder: "raw/minimal-raw-proxy", does: "bytes to a server and back, two at a time", single: noProxyRole, run: func(r *rig) { rawProxy(r) }},
		{folder: "raw/minimal-raw-proxy-fallback", does: "HTTP is served; other bytes go to a server and back", single: noProxyRole, run: func(r *rig) { rawProxy(r) }},
		{folder: "raw/minimal-raw-serial", does: "a terminal: a line out every 2 s, bytes in", run: serial},
		{folder: "raw/minimal-raw-vhost", does: "what one says, all hear", run: func(r *rig) { rawVhost(r, r.dial7681) }},
		{folder: "raw/minimal-raw-vhost", label: "-s", does: "the same over TLS", run: func(r *rig) {
			rawVhost(r, func() *conn { return r.dialTLS(7681, "localhost") }, "-s")
		}},
		{folder: "api-tests/api-test-lejp", does: "its own checks", run: self},
		{folder: "api-tests/api-test-lws_smd", does: "its own checks", run: self},
		{folder: "api-tests/api-test-lws_tokenize", does: "its own checks", run: self,
			differs: []difference{{row: 209, line: `date render wrong|^log: U: Completed|^exit`, abi: 19}}},
		{folder: "api-tests/api-test-lws_cache", abi: 19, does: "its own checks", run: self},
		{folder: "api-tests/api-test-lws_map", abi: 19, does: "its own checks", run: self},
		{folder: "api-tests/api-test-lecp", abi: 19, does: "its own checks", run: self, single: map[int]string{19: "Debian's has no LECP"}},
		{folder: "api-tests/api-test-lwsac", does: "its own checks", run: self},
	}...)
}

func adoptTCP(r *rig) {
	l := r.listen(80, "")
	p := r.start()
	c, err := l.Accept()
	must(r, err)
	k := r.wrap(c)
	b := make([]byte, 18)
	_, err = io.ReadFull(k, b)
	must(r, err)
	r.note("%q", b)
	_, err = io.WriteString(k, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
	must(r, err)
	r.waitLog(p, "LWS_CALLBACK_RAW_RX")
	c.Close()
	r.waitLog(p, "LWS_CALLBACK_RAW_CLOSE")
	r.stop(p)
}

func adoptUDP(r *rig) {
	p := r.start()
	var c net.Conn
	b := make([]byte, 5000)
	// It has no port to wait for in the table of listeners.
	for end := time.Now().Add(15 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		var err error
		c, err = net.Dial("udp", "127.0.0.1:7681")
		must(r, err)
		_, _ = c.Write([]byte("first"))
		_ = c.SetReadDeadline(time.Now().Add(300 * time.Millisecond))
		if n, err := c.Read(b); err == nil {
			r.note("%q", b[:n])
			break
		}
		if time.Now().After(end) || !p.Running() {
			r.Fatalf("no echo; log:\n%s", p.Log())
		}
	}
	other, err := net.Dial("udp", "127.0.0.1:7681")
	must(r, err)
	for _, x := range []struct {
		c    net.Conn
		text string
	}{{other, "from another"}, {c, strings.Repeat("long ", 250)}, {other, "x"}} {
		_ = x.c.SetDeadline(time.Now().Add(15 * time.Second))
		_, err := x.c.Write([]byte(x.text))
		must(r, err)
		n, err := x.c.Read(b)
		must(r, err)
		r.note("%s", sum(b[:n]))
		if string(b[:n]) != x.text {
			r.Errorf("%q", b[:n])
		}
	}
	p.Signal(os.Interrupt)
	r.note("exit %d", r.exit(p))
}

func fallback(r *rig, args ...string) {
	r.oldTLS = true
	p := r.serve(7681, args...)
	if len(args) > 0 {
		r.filesOn(func() *conn { return r.dialTLS(7681, "localhost") }, "/", "mount-origin")
		c := r.dialTLS(7681, "localhost")
		r.rawEcho(c, "\x01\x02 not HTTP, in TLS")
	} else {
		r.filesOn(r.dial7681, "/", "mount-origin")
	}
	c := r.dial(7681)
	_, err := io.WriteString(c, get("/"))
	must(r, err)
	if l, err := c.r.ReadString('\n'); err != nil {
		r.note("plain HTTP: ended")
	} else {
		r.note("plain HTTP: %q", l)
	}
	c = r.dial(7681)
	r.rawEcho(c, "hello, this is no HTTP\n")
	r.rawEcho(c, "\x01\x02\x03\x04")
	c.Close()
	p.Signal(os.Interrupt)
	r.note("exit %d", r.exit(p))
}

// rawEcho sends and notes what comes back.
func (r *rig) rawEcho(c *conn, text string) {
	r.Helper()
	_, err := io.WriteString(c, text)
	must(r, err)
	b := make([]byte, len(text))
	n, err := io.ReadFull(c.r, b)
	ended := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET)
	r.note("%q -> %q, ended %v", text, b[:n], ended)
}

func rawFile(r *rig) {
	fifo := filepath.Join(r.dir, "fifo")
	must(r, syscall.Mkfifo(fifo, 0o600))
	p := r.start(fifo)
	f, err := os.OpenFile(fifo, os.O_RDWR, 0)
	must(r, err)
	for i := range 3 {
		_, err = fmt.Fprintf(f, "line %d", i)
		must(r, err)
		r.waitLog(p, fmt.Sprintf("line %d", i))
	}
	r.stop(p)
	f.Close()
}

func netcat(r *rig) {
	l := r.listen(7000, "")
	in, out, err := os.Pipe()
	must(r, err)
	p := r.startWith(in, nil, "--server", "127.0.0.1", "--port", "7000")
	in.Close()
	c, err := l.Accept()
	must(r, err)
	k := r.wrap(c)
	for _, text := range []string{"first line\n", "second line\n"} {
		_, err := io.WriteString(out, text)
		must(r, err)
		b := make([]byte, len(text))
		_, err = io.ReadFull(k, b)
		must(r, err)
		r.note("%q", b)
		_, err = fmt.Fprintf(k, "answer to %s", text)
		must(r, err)
		p.WaitLine("answer to "+strings.TrimSpace(text), 10*time.Second)
	}
	out.Close()
	code := r.exit(p)
	for _, l := range p.All() {
		r.note("out: %s", l)
	}
	r.note("exit %d", code)
}

// pty opens a pseudo terminal and gives its two ends.
func (r *rig) pty() (*os.File, string) {
	r.Helper()
	m, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	must(r, err)
	must(r, unix.IoctlSetPointerInt(int(m.Fd()), unix.TIOCSPTLCK, 0))
	n, err := unix.IoctlGetInt(int(m.Fd()), unix.TIOCGPTN)
	must(r, err)
	return m, fmt.Sprintf("/dev/pts/%d", n)
}

func serial(r *rig) {
	m, name := r.pty()
	defer m.Close()
	// While nobody has the other end open, reading fails.
	s, err := os.OpenFile(name, os.O_RDWR|syscall.O_NOCTTY, 0)
	must(r, err)
	defer s.Close()
	p := r.start(name)
	in := bufio.NewReader(m)
	for range 2 {
		l, err := in.ReadString('\n')
		must(r, err)
		r.note("%q", l)
	}
	_, err = m.WriteString("to the port")
	must(r, err)
	r.waitLog(p, "to the port")
	r.stop(p)
}

func rawVhost(r *rig, dial func() *conn, args ...string) {
	r.oldTLS = true // or what follows the handshake at once is overlooked
	p := r.serve(7681, args...)
	var all []*conn
	for i := range 3 {
		all = append(all, dial())
		r.waitLogs(p, "LWS_CALLBACK_RAW_ADOPT", i+1)
	}
	for i, c := range all {
		text := fmt.Sprintf("from %d", i)
		_, err := io.WriteString(c, text)
		must(r, err)
		for _, to := range all {
			b := make([]byte, len(text))
			_, err := io.ReadFull(to.r, b)
			must(r, err)
			r.note("%q", b)
			if string(b) != text {
				r.Errorf("%q, not %q", b, text)
			}
		}
	}
	for i, c := range all {
		c.Close()
		r.waitLogs(p, "LWS_CALLBACK_RAW_CLOSE", i+1)
	}
	r.stop(p)
}

// noProxyRole: the drives of raw proxies are made for a build that has the role.
var noProxyRole = map[int]string{17: "Debian's has no raw-proxy role", 19: "Debian's has no raw-proxy role"}

func rawProxy(r *rig) {
	l := r.listen(7700, "")
	p := r.serve(7681, "-r", "ipv4:127.0.0.1:7700")
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() { _, _ = io.Copy(c, c) }()
		}
	}()
	all := []*conn{r.dial(7681), r.dial(7681)}
	for range 3 {
		for i, c := range all {
			text := fmt.Sprintf("\x01\x02 something else %d", i)
			_, err := c.Write([]byte(text))
			must(r, err)
			b := make([]byte, len(text))
			if _, err := io.ReadFull(c.r, b); err != nil || string(b) != text {
				r.Errorf("%q, %v", b, err)
			}
		}
	}
	if r.Folder == "raw/minimal-raw-proxy-fallback" {
		r.filesOn(r.dial7681, "/", "mount-origin")
	}
	r.stop(p)
}
