// SPDX-License-Identifier: MIT

package examples

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"time"

	"libwebsockets/c_tests/harness"
)

func init() {
	drives = append(drives, []drive{
		{folder: "ws-server/minimal-ws-broker", does: "what a publisher sends reaches every subscriber, in order", run: broker},
		{folder: "ws-server/minimal-ws-server", does: "files; a message reaches every client", run: func(r *rig) { chat(r, r.dial7681) }},
		{folder: "ws-server/minimal-ws-server", label: "-s", does: "the same over TLS", run: func(r *rig) {
			chat(r, func() *conn { return r.dialTLS(7681, "localhost") }, "-s")
		}},
		{folder: "ws-server/minimal-ws-server", label: "-h", does: "the strict check of Host at upgrades", run: strictHost},
		{folder: "ws-server/minimal-ws-server", label: "-v", does: "pings to an idle client, a hangup without pongs", run: validity},
		{folder: "ws-server/minimal-ws-server-echo", does: "echo of text and binary, in fragments, compressed or not; refusal of bad UTF-8", run: func(r *rig) { echo(r) }},
		{folder: "ws-server/minimal-ws-server-echo", label: "-n", does: "the same without extensions", run: func(r *rig) { echo(r, "-n") }},
		{folder: "ws-server/minimal-ws-server-echo", label: "-o", does: "ends by itself after one connection", run: echoOnce},
		{folder: "ws-server/minimal-ws-server-pmd", does: "files; a message reaches every client, compressed", run: func(r *rig) { chat(r, r.dial7681) }},
		{folder: "ws-server/minimal-ws-server-pmd-bulk", does: "133,700 random bytes each way, compressed", run: func(r *rig) { bulk(r, true) }},
		{folder: "ws-server/minimal-ws-server-pmd-bulk", label: "-c", does: "compressible ones", run: func(r *rig) { bulk(r, true, "-c") }},
		{folder: "ws-server/minimal-ws-server-pmd-bulk", label: "-n", does: "without extensions", run: func(r *rig) { bulk(r, false, "-n") }},
		{folder: "ws-server/minimal-ws-server-pmd-bulk", label: "-n -b", does: "in one write", run: func(r *rig) { bulk(r, false, "-n", "-b") }},
		{folder: "ws-server/minimal-ws-server-pmd-corner", does: "incompressible messages of awkward sizes", run: corner},
		{folder: "ws-server/minimal-ws-server-ring", does: "a burst reaches every reader, the lagging one is culled", run: ring},
		{folder: "ws-server/minimal-ws-server-threads", does: "messages of two threads, in order, to two readers", run: func(r *rig) { threads(r, `^myconfig: tid: ([12]), msg: (\d+)$`) }},
		{folder: "ws-server/minimal-ws-server-threads-smp", does: "the same with service threads", run: func(r *rig) { threads(r, `^svc, myconfig: spam tid: ([12]), msg: (\d+)$`) }},
		{folder: "ws-server/minimal-ws-server-timer", does: "files; a connection opens and closes (the timer is 20 s)", run: timer},
		{folder: "client-server/minimal-ws-proxy", does: "what the upstream server sends reaches every client", run: wsProxy},
	}...)
}

func (r *rig) dial7681() *conn { return r.dial(7681) }

func broker(r *rig) {
	p := r.serve(7681)
	r.files(r.dial(7681), "/", "mount-origin")
	var subs []*harness.Raw
	for range 3 {
		subs = append(subs, r.ws(r.dial(7681), "/", "lws-minimal-broker", ""))
	}
	pub := r.ws(r.dial(7681), "/publisher", "lws-minimal-broker", "")
	for i := range 20 {
		text := fmt.Sprintf("published %d", i)
		r.say(pub, text)
		r.heard(subs, text)
	}
	subs[1].Close()
	r.say(subs[0], "subscribers are not heard")
	r.say(pub, "the last")
	r.note("%s %s", r.message(subs[0]), r.message(subs[2]))
	must(r, pub.CloseCleanly())
	r.stop(p)
}

// chat: what one says, all hear.
func chat(r *rig, dial func() *conn, args ...string) {
	p := r.serve(7681, args...)
	r.files(dial(), "/", "mount-origin")
	const offer = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"
	var all []*harness.Raw
	states := map[*harness.Raw]*inflater{}
	for range 3 {
		w := r.ws(dial(), "/", "lws-minimal", offer)
		all, states[w] = append(all, w), &inflater{}
	}
	for i, from := range all {
		for _, n := range []int{1, 125, 126, 3000} {
			// One frame is one callback only up to the protocol's buffer of 128.
			text := strings.Repeat(string(rune('a'+i)), min(n, 120))
			r.say(from, text)
			for _, to := range all {
				op, m, packed := states[to].message(r, to)
				r.note("%d %v", op, packed)
				if string(m) != text {
					r.Errorf("%q, not %q", m, text)
				}
			}
		}
	}
	must(r, all[0].CloseCleanly())
	r.say(all[1], "after one has left")
	_, m, _ := states[all[2]].message(r, all[2])
	r.note("%s", m)
	r.stop(p)
}

func strictHost(r *rig) {
	p := r.serve(7681, "-h")
	for _, host := range []string{"localhost:7681", "localhost", "elsewhere:7681", "localhost:80"} {
		c := r.dial(7681)
		_, err := io.WriteString(c, strings.Replace(upgradeRequest("/", "lws-minimal", ""), "Host: localhost", "Host: "+host, 1))
		must(r, err)
		line, err := c.r.ReadString('\n')
		r.note("%s -> %q, ended %v", host, line, err != nil)
		if upgraded := strings.Contains(line, " 101 "); upgraded != (host == "localhost:7681") {
			r.Errorf("%s: %q", host, line)
		}
	}
	r.stop(p)
}

// validity: 3 s without traffic make a ping, 10 s without an answer the end.
func validity(r *rig) {
	p := r.serve(7681, "-v")
	good, mute := r.ws(r.dial(7681), "/", "lws-minimal", ""), r.ws(r.dial(7681), "/", "lws-minimal", "")
	for _, w := range []*harness.Raw{good, mute} {
		f, err := w.Receive()
		must(r, err)
		if f.Op != harness.Ping {
			r.Errorf("%v instead of a ping", f)
		}
		r.note("ping with %d bytes", len(f.Payload))
		if w == good {
			must(r, w.SendMessage(harness.Pong, f.Payload))
		}
	}
	for {
		if _, err := mute.Receive(); err != nil {
			r.note("the mute one is dropped: %v", !errors.Is(err, os.ErrDeadlineExceeded))
			break
		}
	}
	_ = good.SetDeadline(time.Now().Add(10 * time.Second))
	r.say(good, "still here")
	for {
		f, err := good.Receive()
		must(r, err)
		if f.Op == harness.Text {
			r.note("%s", f.Payload)
			break
		}
	}
	r.stop(p)
}

func echo(r *rig, args ...string) {
	p := r.serve(7681, append([]string{"-p", "7681"}, args...)...)
	offer := "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"
	w := r.ws(r.dial(7681), "/", "", offer)
	packed := w.Header.Get("Sec-WebSocket-Extensions") != ""
	if packed == (len(args) > 0) {
		r.Errorf("extensions: %q", w.Header.Get("Sec-WebSocket-Extensions"))
	}
	in := &inflater{}
	expect := func(op byte, want []byte) {
		r.Helper()
		gotOp, got, squeezed := in.message(r, w)
		r.note("echo %d %d bytes, compressed %v", gotOp, len(got), squeezed)
		if gotOp != op || !bytes.Equal(got, want) {
			r.Fatalf("%d: %s; not %d: %s", gotOp, sum(got), op, sum(want))
		}
	}
	for _, n := range []int{1, 10, 125, 126, 1024, 1025, 5000} {
		for _, op := range []byte{harness.Text, harness.Binary} {
			text := bytes.Repeat([]byte("words "), n/6+1)[:n]
			must(r, w.SendMessage(op, text))
			expect(op, text)
			if packed {
				must(r, w.Send(harness.Frame{Fin: true, Rsv: 4, Op: op, Payload: harness.Deflate(text, 6)}))
				expect(op, text)
			}
		}
	}
	must(r, w.Send(harness.Frame{Op: harness.Text, Payload: []byte("in three ")}))
	must(r, w.SendMessage(harness.Ping, []byte("between")))
	must(r, w.Send(harness.Frame{Op: harness.Cont, Payload: []byte("frag")}))
	must(r, w.Send(harness.Frame{Fin: true, Op: harness.Cont, Payload: []byte("ments")}))
	expect(harness.Text, []byte("in three fragments"))
	must(r, w.CloseCleanly())
	bad := r.ws(r.dial(7681), "/", "", "")
	must(r, bad.SendMessage(harness.Text, []byte("\xff\xfe bad")))
	f, err := bad.Receive()
	must(r, err)
	r.note("bad text: %v", f)
	bad.Close()
	r.mask(`LWS_CALLBACK_(RECEIVE|SERVER_WRITEABLE).*| wrote .*| \(nothing in ring\)`, "piece")
	p.Signal(os.Interrupt)
	r.note("exit %d", r.exit(p))
}

func echoOnce(r *rig) {
	p := r.serve(7681, "-o")
	w := r.ws(r.dial(7681), "/", "", "")
	r.say(w, "once")
	r.note("%s", r.message(w))
	r.waitLog(p, "nothing in ring")
	must(r, w.CloseCleanly())
	r.ended(p)
}

const redundant = "No one would have believed in the last years of the nineteenth century that this world was being watched keenly and closely by intelligences greater than man's and yet as mortal as his own; that as men busied themselves about their various concerns they were scrutinised and studied, perhaps almost as narrowly as a man with a microscope might scrutinise the transient creatures that swarm and multiply in a drop of water.  With infinite complacency men went to and fro over this globe about their little affairs, serene in their assurance of their empire over matter. It is possible that the infusoria under the microscope do the same.  No one gave a thought to the older worlds of space as sources of human danger, or thought of them only to dismiss the idea of life upon them as impossible or improbable.  It is curious to recall some of the mental habits of those departed days.  At most terrestrial men fancied there might be other men upon Mars, perhaps inferior to themselves and ready to welcome a missionary enterprise. Yet across the gulf of space, minds that are to our minds as ours are to those of the beasts that perish, intellects vast and cool and unsympathetic, regarded this earth with envious eyes, and slowly and surely drew their plans against us.  And early in the twentieth century came the great disillusionment. "

// bulkMessage is what the bulk examples send and expect.
func bulkMessage(compressible bool) []byte {
	const size = 100 * 1337
	if compressible {
		return bytes.Repeat([]byte(redundant), 101)[:size]
	}
	b := make([]byte, size)
	x := uint64(4)
	for i := range b {
		x ^= x << 21
		x ^= x >> 35
		x ^= x << 4
		b[i] = byte(x)
	}
	return b
}

func bulk(r *rig, offer bool, args ...string) {
	p := r.serve(7681, args...)
	r.files(r.dial(7681), "/", "mount-origin")
	want := bulkMessage(len(args) > 0 && args[0] == "-c")
	w := r.ws(r.dial(7681), "/", "lws-minimal-pmd-bulk", "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n")
	op, got, packed := (&inflater{}).message(r, w)
	r.note("op %d, %s, compressed %v", op, sum(got), packed)
	if !bytes.Equal(got, want) || packed != offer {
		r.Errorf("the message is wrong")
	}
	for i := 0; i < len(want); i += 4000 {
		end := min(i+4000, len(want))
		f := harness.Frame{Fin: end == len(want), Op: harness.Binary, Payload: want[i:end]}
		if i > 0 {
			f.Op = harness.Cont
		}
		must(r, w.Send(f))
	}
	must(r, w.CloseCleanly())
	p.Signal(os.Interrupt)
	r.note("exit %d", r.exit(p))
	if strings.Contains(p.Log(), "doesn't match") {
		r.Errorf("log:\n%s", p.Log())
	}
	// How the input is cut depends on when it comes; that all came does not.
	total := 0
	for _, m := range regexp.MustCompile(`LWS_CALLBACK_RECEIVE: +(\d+)`).FindAllStringSubmatch(p.Log(), -1) {
		n := 0
		_, _ = fmt.Sscan(m[1], &n)
		total += n
	}
	r.note("received %d", total)
}

func corner(r *rig) {
	p := r.serve(7681)
	r.files(r.dial(7681), "/", "mount-origin")
	for i := range 6 {
		w := r.ws(r.dial(7681), fmt.Sprintf("/%d", i), "lws-minimal", "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n")
		if i > 0 {
			op, got, packed := (&inflater{}).message(r, w)
			r.note("%d: op %d %s, compressed %v", i, op, sum(got), packed)
			if want := []int{1012, 1013, 1014, 1019, 1024}[i-1]; len(got) != want {
				r.Errorf("%d bytes, not %d", len(got), want)
			}
		}
		must(r, w.CloseCleanly())
	}
	r.stop(p)
}

func ring(r *rig) {
	p := r.serve(7681)
	r.files(r.dial(7681), "/", "mount-origin")
	var all []*harness.Raw
	for range 3 {
		all = append(all, r.ws(r.dial(7681), "/", "lws-minimal", ""))
	}
	for i := range 30 {
		text := fmt.Sprintf("to all %d", i)
		r.say(all[i%3], text)
		r.heard(all, text)
	}
	for _, w := range all {
		must(r, w.CloseCleanly())
	}
	r.stop(p)
}

// twoThreads reads at least so many messages, until two threads were heard: each
// one's are numbered without a gap. line has the thread and the number.
func (r *rig) twoThreads(least int, line string, next func() string) {
	r.Helper()
	x := regexp.MustCompile(line)
	last := map[string]int{}
	for i := 0; i < least || len(last) < 2; i++ {
		text := next()
		m := x.FindStringSubmatch(text)
		if m == nil {
			r.Fatalf("message %q", text)
		}
		n := 0
		_, _ = fmt.Sscan(m[2], &n)
		if last[m[1]] != 0 && n != last[m[1]]+1 {
			r.Errorf("thread %s: message %d behind %d", m[1], n, last[m[1]])
		}
		last[m[1]] = n
	}
	r.note("threads %d", len(last))
}

// heard fails the test unless everybody's next message is text.
func (r *rig) heard(all []*harness.Raw, text string) {
	r.Helper()
	for _, w := range all {
		if m := r.message(w); m != text {
			r.Errorf("%q, not %q", m, text)
		}
	}
}

// threads: each thread's messages come in order and without a gap to whoever
// is connected.
func threads(r *rig, line string) {
	p := r.serve(7681)
	r.files(r.dial(7681), "/", "mount-origin")
	var all []*harness.Raw
	for range 2 {
		all = append(all, r.ws(r.dial(7681), "/", "lws-minimal", ""))
	}
	for _, w := range all {
		r.twoThreads(12, line, func() string { return r.message(w) })
	}
	for _, w := range all {
		w.Close()
	}
	p.Signal(os.Interrupt)
	r.note("exit %d", r.exit(p))
}

func timer(r *rig) {
	p := r.serve(7681)
	r.files(r.dial(7681), "/", "mount-origin")
	w := r.ws(r.dial(7681), "/", "timer", "")
	must(r, w.CloseCleanly())
	r.waitLog(p, "LWS_CALLBACK_CLOSED")
	r.stop(p)
}

func wsProxy(r *rig) {
	l := r.listen(443, "warmcat.com")
	p := r.serve(7681)
	up := r.accept(l, "")
	r.files(r.dial(7681), "/", "mount-origin")
	var all []*harness.Raw
	for range 3 {
		all = append(all, r.ws(r.dial(7681), "/", "lws-minimal-proxy", ""))
	}
	for i := range 10 {
		text := fmt.Sprint(i)
		must(r, up.SendMessage(harness.Text, []byte(text)))
		r.heard(all, text)
	}
	for _, w := range all {
		must(r, w.CloseCleanly())
	}
	r.stop(p)
}
