// SPDX-License-Identifier: MIT

package examples

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"strings"
	"time"

	"libwebsockets/c_tests/harness"
)

func init() {
	drives = append(drives, []drive{
		{folder: "ws-client/minimal-ws-client", does: "messages over TLS; reconnects after the server closed", run: wsClient},
		{folder: "ws-client/minimal-ws-client-binance", does: "prices and latency from compressed JSON", run: binance},
		{folder: "ws-client/minimal-ws-client-echo", does: "echo of text and binary, in fragments, compressed", run: func(r *rig) { clientEcho(r, true) }},
		{folder: "ws-client/minimal-ws-client-echo", label: "-n", does: "the same without extensions", run: func(r *rig) { clientEcho(r, false, "-n") }},
		{folder: "ws-client/minimal-ws-client-echo", label: "-o", does: "one message, then the end", run: func(r *rig) {
			l := r.listen(7681, "")
			p := r.start("-o", "-s", "localhost", "-p", "7681", "-u", "/some/path")
			w := r.accept(l, "")
			must(r, w.SendMessage(harness.Text, []byte("once")))
			_, m, err := w.ReceiveMessage()
			must(r, err)
			r.note("%s", m)
			r.waitLog(p, "nothing in ring")
			must(r, w.SendMessage(harness.Close, harness.ClosePayload(1000, "")))
			f, err := w.Receive()
			must(r, err)
			r.note("%v", f)
			w.Close()
			r.ended(p)
		}},
		{folder: "ws-client/minimal-ws-client-echo", label: "uncompressed", does: "a message without compression though it was agreed",
			run: clientUncompressed, differs: []difference{{row: 85, line: `^(echo|silence).*`, abi: 17}}},
		{folder: "ws-client/minimal-ws-client-echo", label: "nobody there", does: "exit status without a server", run: func(r *rig) {
			r.mask(`CLIENT_CONNECTION_ERROR: .*`, "CLIENT_CONNECTION_ERROR")
			r.ended(r.start("-s", "localhost", "-p", "7999"))
		}},
		{folder: "ws-client/minimal-ws-client-ping", does: "a ping after 3 s without traffic", run: clientPing},
		{folder: "ws-client/minimal-ws-client-pmd-bulk", does: "133,700 random bytes each way, compressed", run: func(r *rig) { clientBulk(r, true) }},
		{folder: "ws-client/minimal-ws-client-pmd-bulk", label: "-c", does: "compressible ones", run: func(r *rig) { clientBulk(r, true, "-c") }},
		{folder: "ws-client/minimal-ws-client-pmd-bulk", label: "-n", does: "without extensions", run: func(r *rig) { clientBulk(r, false, "-n") }},
		{folder: "ws-client/minimal-ws-client-rx", does: "ten messages over TLS", run: clientRx},
		{folder: "ws-client/minimal-ws-client-spam", does: "15 connections over TLS, three at a time", run: func(r *rig) { clientSpam(r, "warmcat.com") }},
		{folder: "ws-client/minimal-ws-client-spam", label: "-n", does: "40 without TLS, ten at a time", run: func(r *rig) {
			clientSpam(r, "", "-n", "--server", "localhost", "--port", "7681", "-l", "40", "-c", "10")
		}},
		{folder: "ws-client/minimal-ws-client-tx", does: "messages of two threads, in order", run: clientTx},
	}...)
}

func wsClient(r *rig) {
	l := r.listen(443, "warmcat.com")
	p := r.start()
	for i := range 2 {
		w := r.accept(l, "")
		must(r, w.SendMessage(harness.Text, []byte(fmt.Sprintf("hello %d", i))))
		r.waitLog(p, fmt.Sprintf("hello %d", i))
		must(r, w.SendMessage(harness.Close, harness.ClosePayload(1000, "")))
		_, err := w.Receive()
		must(r, err)
		w.Close()
	}
	w := r.accept(l, "")
	r.waitLogs(p, "callback_minimal: established", 3)
	w.Close()
	r.stop(p)
}

func binance(r *rig) {
	l := r.listen(443, "warmcat.com")
	p := r.start()
	w := r.accept(l, "permessage-deflate; client_no_context_takeover")
	for i := range 20 {
		m := fmt.Sprintf(`{"stream":"btcusdt@depth","data":{"e":"depthUpdate","E":%d,"b":[],"a":[["%d.25","1.0"]]}}`, time.Now().UnixMilli(), 100+i)
		must(r, w.Send(harness.Frame{Fin: true, Rsv: 4, Op: harness.Text, Payload: harness.Deflate([]byte(m), 9)}))
	}
	got := r.waitLog(p, `price: min: (\d+)¢, max: (\d+)¢, avg: (\d+)¢, \((\d+) prices/s\)`)
	r.note("%v", got[1:])
	if strings.Join(got[1:], " ") != "10025 11925 10975 20" {
		r.Errorf("%v", got)
	}
	r.waitLog(p, `elatency: min: \d+ms, max: \d+ms, avg: \d+ms, \(20 msg/s\)`)
	r.mask(`\d+ms`, "N ms")
	r.stop(p)
}

func clientEcho(r *rig, offers bool, args ...string) {
	l := r.listen(7681, "")
	p := r.start(append([]string{"-s", "localhost", "-p", "7681"}, args...)...)
	ext := ""
	if offers {
		ext = "permessage-deflate"
	}
	w := r.accept(l, ext)
	if offered := w.Header.Get("Sec-WebSocket-Extensions") != ""; offered != offers {
		r.Errorf("offer: %v", w.Header)
	}
	in := &inflater{}
	expect := func(op byte, want []byte) {
		r.Helper()
		gotOp, got, packed := in.message(r, w)
		r.Logf("echo %d %d bytes, compressed %v", gotOp, len(got), packed)
		if gotOp != op || !bytes.Equal(got, want) {
			r.Fatalf("%d: %s; not %d: %s", gotOp, sum(got), op, sum(want))
		}
	}
	for _, n := range []int{1, 125, 126, 1024, 1025, 5000} {
		for _, op := range []byte{harness.Text, harness.Binary} {
			text := bytes.Repeat([]byte("words "), n/6+1)[:n]
			f := harness.Frame{Fin: true, Op: op, Payload: text}
			if offers {
				f.Rsv, f.Payload = 4, harness.Deflate(text, 6)
			}
			must(r, w.Send(f))
			expect(op, text)
		}
	}
	f := harness.Frame{Op: harness.Text}
	pieces := []byte("in three fragments")
	if offers {
		f.Rsv, pieces = 4, harness.Deflate(pieces, 6)
	}
	f.Payload = pieces[:5]
	must(r, w.Send(f))
	must(r, w.SendMessage(harness.Ping, []byte("between")))
	must(r, w.Send(harness.Frame{Op: harness.Cont, Payload: pieces[5:9]}))
	must(r, w.Send(harness.Frame{Fin: true, Op: harness.Cont, Payload: pieces[9:]}))
	expect(harness.Text, []byte("in three fragments"))
	must(r, w.SendMessage(harness.Close, harness.ClosePayload(1000, "")))
	bye, err := w.Receive()
	must(r, err)
	r.note("%v", bye)
	w.Close()
	r.note("exit %d", r.exit(p))
}

func clientUncompressed(r *rig) {
	l := r.listen(7681, "")
	p := r.start("-s", "localhost", "-p", "7681")
	w := r.accept(l, "permessage-deflate")
	must(r, w.SendMessage(harness.Text, []byte("as it is")))
	_ = w.SetDeadline(time.Now().Add(5 * time.Second))
	if f, err := w.Receive(); err == nil {
		r.note("echo %d", f.Op)
	} else {
		r.note("silence") // it is busy
	}
	r.waitLog(p, "CLIENT_RECEIVE")
}

func clientPing(r *rig) {
	l := r.listen(443, "warmcat.com")
	p := r.start()
	w := r.accept(l, "")
	for range 2 {
		f, err := w.Receive()
		must(r, err)
		r.note("op %d, %d bytes", f.Op, len(f.Payload))
		if f.Op != harness.Ping {
			r.Errorf("%v", f)
		}
		must(r, w.SendMessage(harness.Pong, f.Payload))
	}
	r.stop(p)
}

func clientBulk(r *rig, offers bool, args ...string) {
	l := r.listen(7681, "")
	p := r.start(args...)
	ext := ""
	if offers {
		ext = "permessage-deflate"
	}
	w := r.accept(l, ext)
	want := bulkMessage(len(args) > 0 && args[0] == "-c")
	// It may end as soon as it has sent and received all, and then the original
	// can lose the end of what it sent: so that comes first.
	op, got, packed := (&inflater{}).message(r, w)
	send, rsv := want, byte(0)
	if offers {
		send, rsv = harness.Deflate(want, 6), 4
	}
	for i := 0; i < len(send); i += 1000 {
		end := min(i+1000, len(send))
		f := harness.Frame{Fin: end == len(send), Op: harness.Binary, Rsv: rsv, Payload: send[i:end]}
		if i > 0 {
			f.Op, f.Rsv = harness.Cont, 0
		}
		if w.Send(f) != nil {
			break // it has what it wants; the end is an empty block
		}
	}
	r.note("op %d, %s, compressed %v", op, sum(got), packed)
	if !bytes.Equal(got, want) || packed != offers {
		r.Errorf("the message is wrong")
	}
	code := r.exit(p)
	r.note("exit %d", code)
	if code != 0 || !strings.Contains(p.Log(), "Completed OK") {
		r.Errorf("exit %d, log:\n%s", code, p.Log())
	}
}

func clientRx(r *rig) {
	l := r.listen(443, "warmcat.com")
	p := r.start("-t")
	w := r.accept(l, "")
	for i := range 10 {
		must(r, w.SendMessage(harness.Text, []byte(fmt.Sprintf("%d\x00", i))))
	}
	r.ended(p)
}

func clientSpam(r *rig, cert string, args ...string) {
	limit := 15
	if len(args) > 0 {
		limit = 40
	}
	port := 443
	if cert == "" {
		port = 7681
	}
	l := r.listen(port, cert)
	p := r.start(args...)
	said := make(chan string, 100)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				quiet := &rig{T: r.T}
				w := quiet.acceptOn(c, "")
				_, m, err := w.ReceiveMessage()
				if err != nil {
					said <- err.Error()
					return
				}
				said <- string(m)
				_, _ = w.Receive()
				w.Close()
			}()
		}
	}()
	// Then it waits in vain for something to happen, as long as one wait takes.
	r.waitLog(p, fmt.Sprintf("sent 0, closed %d, err 0", limit))
	p.Signal(os.Interrupt)
	r.note("exit %d", r.exit(p))
	seen := map[string]bool{}
	for range limit { // the program may be gone before the last is read here
		select {
		case m := <-said:
			seen[m] = true
		case <-time.After(20 * time.Second):
			r.Fatalf("only %d of %d connections said something", len(seen), limit)
		}
	}
	r.note("%d messages", len(seen))
	for i := range len(seen) {
		if !seen[fmt.Sprintf("hello %d", i)] {
			r.Errorf("no hello %d in %v", i, seen)
		}
	}
	r.note("completed %v", strings.Contains(p.Log(), "U: Completed"))
}

func clientTx(r *rig) {
	l := r.listen(7681, "")
	p := r.start()
	w := r.accept(l, "")
	x := regexp.MustCompile(`^tid: ([12]), msg: (\d+)$`)
	last := map[string]int{}
	for n := 0; n < 16 || len(last) < 2; n++ {
		text := r.message(w)
		m := x.FindStringSubmatch(text)
		if m == nil {
			r.Fatalf("message %q", text)
		}
		n := 0
		_, _ = fmt.Sscan(m[2], &n)
		if n != last[m[1]]+1 {
			r.Errorf("thread %s: message %d behind %d", m[1], n, last[m[1]])
		}
		last[m[1]] = n
	}
	r.note("threads %d", len(last))
	w.Close()
	again, err := l.Accept() // it comes back
	must(r, err)
	r.acceptOn(again, "")
	r.waitLogs(p, "established", 2)
	p.Signal(os.Interrupt)
	r.note("exit %d", r.exit(p))
}
