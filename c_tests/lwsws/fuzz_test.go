// SPDX-License-Identifier: MIT

package lwsws

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
	"os"
	"os/exec"
	"slices"
	"sync"
	"testing"
	"time"

	"libwebsockets/c_tests/harness"
)

// reader is a process that makes contexts of configurations.
type reader struct {
	in   io.WriteCloser
	out  *bufio.Reader
	log  *bytes.Buffer
	done chan struct{}
}

var (
	oneReader sync.Once
	theReader *reader
)

// startReader starts it, once in each process that fuzzes; it ends with that.
func startReader(t *testing.T) *reader {
	oneReader.Do(func() {
		l := ours[0]
		exe := harness.Program(t, slices.Concat(harness.Strict, []string{"prog/config.c"}, l.Headers(t), []string{"-L" + harness.Lib(t), "-l:" + l.Ref.Soname()})...)
		dir, err := os.MkdirTemp("", "lwsws-fuzz")
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(exe, dir)
		cmd.Env = append(os.Environ(), "LD_LIBRARY_PATH="+harness.Lib(t))
		r := &reader{log: &bytes.Buffer{}, done: make(chan struct{})}
		cmd.Stderr = r.log
		r.in, _ = cmd.StdinPipe()
		out, _ := cmd.StdoutPipe()
		r.out = bufio.NewReader(out)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		go func() {
			_ = cmd.Wait()
			os.RemoveAll(dir)
			close(r.done)
		}()
		theReader = r
	})
	if theReader == nil {
		t.Skip("there is no reader")
	}
	return theReader
}

// FuzzConfig: whatever is in the files, the library makes something of it or not, and
// goes on, within a second or two.
//
// Seen to fail: with texts that go on behind the end of the buffer.
func FuzzConfig(f *testing.F) {
	for _, s := range []string{
		"", " ", "{}", `{ "global": { "server-string": "x", "uid": 1, "reject-service-keywords": [ { "a": "404 b" } ], "plugin-dir": "/x", "plugin-dir": "/y" } }`,
		`{ "vhosts": [ { "name": "a", "port": "-1", "mounts": [ { "mountpoint": "/", "origin": "file:///x", "extra-mimetypes": { ".a": "b" }, "cgi-env": [ { "c": "d" } ] } ] } ] }`,
		`{ "vhosts": [ { "port": "0", "headers": [ { "a": "b" } ], "ws-protocols": [ { "http": { "default": "1", "raw": "1" } } ], "ssl-option-set": "268435456" } ] }`,
		"{ \"vhosts\": [ { \"port\": 7681, # x\n \"unix-socket\": true, \"interface\": \"/s\" } ] }",
		`{ "vhosts": [ { "name": "_lws_ddir_/` + string(bytes.Repeat([]byte("x"), 600)) + `", "port": "-1", "access-log": "/l" } ] }`,
		`{ "global": { "server-string": "` + string(bytes.Repeat([]byte("y"), 5000)) + `" } }`,
		`{ "vhosts": [ { "mounts": [ { } ], "mounts": [ [ [ { "x": [ 1, [ 2 ] ] } ] ] ] } ] }`, `{"a":{"a":{"a":{"a":[[[[[[[[[[[[`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, conf []byte) {
		if len(conf) > 1<<16 {
			return
		}
		r := startReader(t)
		slow := time.AfterFunc(within, func() { r.in.Close() })
		defer slow.Stop()
		_, err := r.in.Write(append(binary.NativeEndian.AppendUint32(nil, uint32(len(conf))), conf...))
		line := ""
		if err == nil {
			line, err = r.out.ReadString('\n')
		}
		if err != nil || line == "" {
			<-r.done
			t.Fatalf("the library has ended, or is stuck: %v\n%s", err, r.log.Bytes())
		}
	})
}
