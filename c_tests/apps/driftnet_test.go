// SPDX-License-Identifier: MIT

package apps

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"libwebsockets/c_tests/harness"
)

// driftnet finds pictures in captured packets and shows them on a web page:
// a file mount and a WebSocket, served by a thread that it ends with
// pthread_cancel while that waits in lws_service.
func TestDriftnet(t *testing.T) {
	each(t, func(t *testing.T, l library) {
		alone(t, "driftnet") // it locks a file of a fixed name
		dir, port := t.TempDir(), harness.FreePort(t)
		pipe := filepath.Join(dir, "capture")
		if err := syscall.Mkfifo(pipe, 0o600); err != nil {
			t.Fatal(err)
		}
		s := server{l.startProgram(t, []string{"TMPDIR=" + dir}, "usr/bin/driftnet", "-v", "-w", "-W", fmt.Sprint(port), "-f", pipe), port}
		capture, err := os.OpenFile(pipe, os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer capture.Close()
		if _, err := capture.Write(pcapHeader()); err != nil {
			t.Fatal(err)
		}
		s.Listening(port)
		checkLoaded(t, l, s.Pid())
		if a := ask(t, "tcp", s.addr(), get("/")); !strings.HasPrefix(a.text, "HTTP/1.1 ") {
			t.Errorf("the page: %s", a.shown())
		}
		var viewers []*harness.Raw
		for range 3 {
			viewers = append(viewers, wsDial(t, s.addr(), "/", "images-pipe-protocol"))
		}
		stop := poke(s)
		for n := range 4 {
			picture := noisyPicture(t, uint64(n))
			if _, err := capture.Write(pcapStream(uint16(40000+n), picture)); err != nil {
				t.Fatalf("%v\n%s", err, tail(s.Proc))
			}
			var name string
			for i, v := range viewers {
				m := message(t, v)
				if i > 0 && m != name || !strings.HasSuffix(m, ".png") {
					t.Errorf("viewer %d, picture %d: %q, not %q", i, n, m, name)
				}
				name = m
			}
			r, err := http.Get("http://" + s.addr() + "/" + name)
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(r.Body)
			r.Body.Close()
			if err != nil || !bytes.Equal(got, picture) {
				t.Errorf("picture %d: %s, %d bytes (%v), not %d", n, r.Status, len(got), err, len(picture))
			}
		}
		stop()
		interrupt(t, s.Proc)
	})
}

// poke keeps a server's loop turning: with Debian's library it does not notice
// by itself what driftnet's other thread asks for.
func poke(s server) (stop func()) {
	done, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		for {
			if c, err := net.Dial("tcp", s.addr()); err == nil {
				c.Close()
			}
			select {
			case <-done:
				return
			case <-time.After(50 * time.Millisecond):
			}
		}
	}()
	return func() { close(done); <-gone }
}

// alone keeps other processes from doing the same at the same time.
func alone(t testing.TB, what string) {
	t.Helper()
	f, err := os.OpenFile(filepath.Join(os.TempDir(), "libwebsockets-test-"+what+".lock"), os.O_CREATE|os.O_RDWR, 0o666)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
}

// noisyPicture is a PNG that does not compress.
func noisyPicture(t testing.TB, seed uint64) []byte {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 1))
	m := image.NewRGBA(image.Rect(0, 0, 60, 60))
	for i := range 60 * 60 {
		m.Set(i%60, i/60, color.RGBA{uint8(r.Uint32()), uint8(r.Uint32()), uint8(r.Uint32()), 255})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// pcapHeader begins a capture of Ethernet frames.
func pcapHeader() []byte {
	b := make([]byte, 24)
	for i, v := range []uint32{0xa1b2c3d4, 2 | 4<<16, 0, 0, 65535, 1} {
		binary.LittleEndian.PutUint32(b[4*i:], v)
	}
	return b
}

// pcapStream is a TCP connection from port 80 that carries data.
func pcapStream(port uint16, data []byte) []byte {
	var out []byte
	seq := uint32(1000)
	packet := func(flags byte, data []byte) {
		tcp := make([]byte, 20, 20+len(data))
		binary.BigEndian.PutUint16(tcp, 80)
		binary.BigEndian.PutUint16(tcp[2:], port)
		binary.BigEndian.PutUint32(tcp[4:], seq)
		tcp[12], tcp[13], tcp[14] = 5<<4, flags, 0xff
		tcp = append(tcp, data...)
		ip := make([]byte, 20)
		ip[0], ip[8], ip[9] = 0x45, 64, 6
		binary.BigEndian.PutUint16(ip[2:], uint16(20+len(tcp)))
		copy(ip[12:], []byte{10, 0, 0, 1, 10, 0, 0, 2})
		var sum uint32
		for i := 0; i < 20; i += 2 {
			sum += uint32(binary.BigEndian.Uint16(ip[i:]))
		}
		binary.BigEndian.PutUint16(ip[10:], ^uint16(sum+sum>>16))
		frame := append(append(append(make([]byte, 12), 8, 0), ip...), tcp...)
		head := make([]byte, 16)
		binary.LittleEndian.PutUint32(head, 1700000000)
		binary.LittleEndian.PutUint32(head[8:], uint32(len(frame)))
		binary.LittleEndian.PutUint32(head[12:], uint32(len(frame)))
		out = append(append(out, head...), frame...)
		seq += uint32(len(data))
	}
	const syn, ack, fin = 2, 16, 1
	packet(syn, nil)
	seq++
	for len(data) > 0 {
		n := min(1400, len(data))
		packet(ack, data[:n])
		data = data[n:]
	}
	packet(ack|fin, nil)
	return out
}
