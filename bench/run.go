// SPDX-License-Identifier: MIT

package main

import (
	"bufio"
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"libwebsockets/bench/load"
)

// bench is what all rows share: the libraries, the built programs, files to
// serve, a certificate.
type bench struct {
	dir                 string // of everything temporary
	debian, ours        string // folders for LD_LIBRARY_PATH
	against, lib        string // folders that these were copied from
	server, floor, self string
	floorTLS, floorFile string
	uring               string // floor with io_uring, empty if not asked for
	starter, floorStart string
	runtime             string // the library of prog/runtime
	peers, steady       string // built when first asked for
	site, cert, key     string
	serverCPU, loadCPU  string
	rounds              int
	window              time.Duration
	quick               bool
}

const (
	soname  = "libwebsockets.so.17"
	refLib  = "build/reference/root/usr/lib/x86_64-linux-gnu/"
	plugDir = "/usr/lib/x86_64-linux-gnu" // where Debian's looks for loop plugins
)

func prepare(against, lib string) (*bench, error) {
	dir, err := os.MkdirTemp("/tmp", "lb")
	if err != nil {
		return nil, err
	}
	b := &bench{dir: dir, against: against, lib: lib, site: dir + "/site", serverCPU: "0", loadCPU: "1"}
	ok := false
	defer func() {
		if !ok {
			b.cleanup()
		}
	}()
	if b.self, err = os.Executable(); err != nil {
		return nil, err
	}
	if out, err := exec.Command("nproc").Output(); err == nil && strings.TrimSpace(string(out)) == "1" {
		fmt.Fprintln(os.Stderr, "bench: one core only: server and load share it, latencies mean nothing")
		b.loadCPU = "0"
	}
	b.ours, b.debian = dir+"/o", dir+"/d"
	for _, d := range []string{b.ours, b.debian, b.site} {
		if err := os.Mkdir(d, 0o755); err != nil {
			return nil, err
		}
	}
	if err := b.libraries(against, lib); err != nil {
		return nil, err
	}
	if b.server, err = b.build("server", "-l:"+soname); err != nil {
		return nil, err
	}
	if b.starter, err = b.build("start", "-l:"+soname); err != nil {
		return nil, err
	}
	if b.floorStart, err = b.build("floor_start"); err != nil {
		return nil, err
	}
	b.runtime = dir + "/runtime.so"
	if out, err := exec.Command("go", "build", "-ldflags=-s -w", "-buildvcs=false", "-buildmode=c-shared", "-o", b.runtime, "./bench/prog/runtime").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("the library that does nothing: %w\n%s", err, out)
	}
	if b.floor, err = b.build("floor"); err != nil {
		return nil, err
	}
	if b.floorTLS, err = b.build("floor_tls", "-lssl", "-lcrypto"); err != nil {
		return nil, err
	}
	if b.floorFile, err = b.build("floor_file"); err != nil {
		return nil, err
	}
	for name, size := range map[string]int{"1k.txt": 1 << 10, "1m.txt": 1 << 20} {
		if err := os.WriteFile(filepath.Join(b.site, name), bytes.Repeat([]byte("0123456789abcde\n"), size/16), 0o644); err != nil {
			return nil, err
		}
	}
	if err := b.certificate(); err != nil {
		return nil, err
	}
	ok = true
	return b, nil
}

func (b *bench) cleanup() { os.RemoveAll(b.dir) }

// libraries copies both libraries with their loop plugins. Debian's looks for
// plugins where they would be installed; the copy looks beside itself.
func (b *bench) libraries(against, lib string) error {
	copyAll := func(from, to string) error {
		names, err := filepath.Glob(from + "/libwebsockets-evlib_*.so")
		if err != nil {
			return err
		}
		for _, n := range names {
			data, err := os.ReadFile(n)
			if err != nil {
				return err
			}
			if err := os.WriteFile(filepath.Join(to, filepath.Base(n)), data, 0o755); err != nil {
				return err
			}
		}
		return nil
	}
	data, err := os.ReadFile(filepath.Join(lib, soname))
	if err != nil {
		return err
	}
	if err := os.WriteFile(b.ours+"/"+soname, data, 0o755); err != nil {
		return err
	}
	if data, err = os.ReadFile(filepath.Join(against, soname)); err != nil {
		return err
	}
	was := []byte(plugDir + "\x00")
	if bytes.Count(data, was) == 1 {
		if len(b.debian) > len(plugDir) {
			return fmt.Errorf("%s is too long a name", b.debian)
		}
		is := append([]byte(b.debian), make([]byte, len(was)-len(b.debian))...)
		data = bytes.Replace(data, was, is, 1)
	}
	if err := os.WriteFile(b.debian+"/"+soname, data, 0o755); err != nil {
		return err
	}
	return errors.Join(copyAll(lib, b.ours), copyAll(against, b.debian), asInstalled(b.ours+"/"+soname), asInstalled(b.debian+"/"+soname))
}

func (b *bench) build(name string, more ...string) (string, error) {
	exe := filepath.Join(b.dir, name)
	args := append([]string{"-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", "-Wno-missing-field-initializers",
		"-DLWS_NO_SIZED_CALLS", "-DLWS_ABI=17", "-Iinclude", "-o", exe, "bench/prog/" + name + ".c", "-Lbuild/lib", "-pthread"}, more...)
	if out, err := exec.Command("gcc", args...).CombinedOutput(); err != nil {
		return "", fmt.Errorf("gcc %s: %w\n%s", name, err, out)
	}
	return exe, nil
}

func (b *bench) certificate() error {
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	t := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(48 * time.Hour)}
	c, err := x509.CreateCertificate(rand.Reader, t, t, &k.PublicKey, k)
	if err != nil {
		return err
	}
	der, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		return err
	}
	b.cert, b.key = b.dir+"/cert.pem", b.dir+"/key.pem"
	return errors.Join(
		os.WriteFile(b.cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c}), 0o644),
		os.WriteFile(b.key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600))
}

// process is a running server.
type process struct {
	cmd  *exec.Cmd
	port int
	log  bytes.Buffer
}

func (p *process) addr() string { return fmt.Sprintf("127.0.0.1:%d", p.port) }
func (p *process) pid() int     { return p.cmd.Process.Pid }

// start runs a server on the server's core until stop.
func (b *bench) start(env []string, args ...string) (*process, error) {
	return b.startOn(b.serverCPU, env, args...)
}

// startOn is start for a row that has cores of its own.
func (b *bench) startOn(cores string, env []string, args ...string) (*process, error) {
	p := &process{cmd: exec.Command("taskset", append([]string{"-c", cores}, args...)...)}
	p.cmd.Env = append(os.Environ(), env...)
	p.cmd.Stderr = &p.log
	p.cmd.WaitDelay = time.Second
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err == nil {
		_, err = fmt.Sscanf(line, "READY %d", &p.port)
	}
	if err != nil {
		p.stop()
		return nil, fmt.Errorf("%s did not start: %w\n%s", args[0], err, p.log.String())
	}
	return p, nil
}

func (p *process) stop() {
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	t := time.AfterFunc(5*time.Second, func() { _ = p.cmd.Process.Kill() })
	defer t.Stop()
	_ = p.cmd.Wait()
}

// run has a load process do a job.
func (b *bench) run(p *process, j load.Job, cpu string) (load.Result, error) {
	r, err := b.runOn(p.addr(), p.pid(), j, cpu)
	if err != nil {
		err = fmt.Errorf("%w%s", err, p.log.String())
	}
	return r, err
}

// runOn is run for a server at an address.
func (b *bench) runOn(addr string, pid int, j load.Job, cpu string) (r load.Result, err error) {
	j.Addr, j.Pid = addr, pid
	if j.Window == 0 {
		j.Window = b.window
	}
	if j.Warm == 0 {
		j.Warm = j.Window / 4
	}
	text, err := json.Marshal(j)
	if err != nil {
		return r, err
	}
	var e bytes.Buffer
	cmd := exec.Command("taskset", "-c", cpu, b.self, "load", string(text))
	cmd.Stderr = &e
	out, err := cmd.Output()
	if err != nil {
		return r, fmt.Errorf("load: %w: %s", err, &e)
	}
	return r, json.Unmarshal(out, &r)
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
