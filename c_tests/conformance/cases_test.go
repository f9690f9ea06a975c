// SPDX-License-Identifier: MIT

package conformance

import (
	"bytes"
	"fmt"
	"strings"

	h "libwebsockets/c_tests/harness"
)

// tcase is one connection: what the peer sends, piece by piece, and what must
// come back. The echo program returns every message as one frame.
type tcase struct {
	name string
	// send holds frames (h.Frame, masked as the role demands), bytes, or
	// command strings; each is a TCP segment of its own where the run says so.
	send []any
	want []h.Frame
	// code is the close code that must come after want; 0: the connection is
	// still good and the test closes it with 1000.
	code int
	// closeWith is the exact payload of the close frame, if not nil.
	closeWith []byte
	// deflate tells that permessage-deflate is to be negotiated.
	deflate bool
	// wholeOnly leaves out the run in single bytes (long cases).
	wholeOnly bool
}

func text(p string) h.Frame   { return h.Frame{Fin: true, Op: h.Text, Payload: []byte(p)} }
func bin(p []byte) h.Frame    { return h.Frame{Fin: true, Op: h.Binary, Payload: p} }
func ping(p string) h.Frame   { return h.Frame{Fin: true, Op: h.Ping, Payload: []byte(p)} }
func pong(p string) h.Frame   { return h.Frame{Fin: true, Op: h.Pong, Payload: []byte(p)} }
func closef(p []byte) h.Frame { return h.Frame{Fin: true, Op: h.Close, Payload: p} }
func part(op byte, fin bool, p string) h.Frame {
	return h.Frame{Fin: fin, Op: op, Payload: []byte(p)}
}

func frames(f ...h.Frame) []h.Frame { return f }

// lengthCases are RFC 6455 §5.2: each way of saying how long a frame is.
func lengthCases() (l []tcase) {
	for _, n := range []int{0, 1, 2, 124, 125, 126, 127, 128, 4095, 4096, 4097, 65534, 65535, 65536, 65537, 200000} {
		p := bytes.Repeat([]byte("0123456789abcdef"), n/16+1)[:n]
		l = append(l,
			tcase{name: fmt.Sprintf("length/text %d", n), send: []any{text(string(p))}, want: frames(text(string(p))), wholeOnly: n > 4000},
			tcase{name: fmt.Sprintf("length/binary %d", n), send: []any{bin(p)}, want: frames(bin(p)), wholeOnly: n > 4000})
	}
	for _, c := range []struct{ n, size int }{{0, 2}, {125, 2}, {0, 8}, {125, 8}, {126, 8}, {65535, 8}} {
		f := bin(make([]byte, c.n))
		f.LenBytes = c.size
		l = append(l, tcase{name: fmt.Sprintf("length/%d in %d bytes is not minimal", c.n, c.size), send: []any{f}, code: 1002, wholeOnly: c.n > 4000})
	}
	for _, d := range []uint64{1 << 63, 1<<63 | 5, 1<<64 - 1} {
		f := bin([]byte("xxxxx"))
		f.Declared, f.LenBytes = d, 8
		l = append(l, tcase{name: fmt.Sprintf("length/top bit set %x", d), send: []any{f}, code: 1002})
	}
	return l
}

// headerCases are reserved bits, opcodes and masks.
func headerCases() (l []tcase) {
	for rsv := byte(1); rsv < 8; rsv++ {
		for _, op := range []byte{h.Text, h.Binary, h.Ping, h.Pong, h.Close} {
			f := h.Frame{Fin: true, Rsv: rsv, Op: op, Payload: []byte{3, 232}}
			l = append(l, tcase{name: fmt.Sprintf("rsv/%d on opcode %d", rsv, op), send: []any{f}, code: 1002})
		}
		l = append(l,
			tcase{name: fmt.Sprintf("rsv/%d behind a good message", rsv), send: []any{text("good"),
				h.Frame{Fin: true, Rsv: rsv, Op: h.Text, Payload: []byte("bad")}, ping("late")}, want: frames(text("good")), code: 1002},
			tcase{name: fmt.Sprintf("rsv/%d on a continuation", rsv), send: []any{part(h.Text, false, "a"),
				h.Frame{Fin: true, Rsv: rsv, Op: h.Cont, Payload: []byte("b")}}, code: 1002})
		if rsv != 4 {
			l = append(l, tcase{name: fmt.Sprintf("rsv/%d with permessage-deflate", rsv), deflate: true,
				send: []any{h.Frame{Fin: true, Rsv: rsv, Op: h.Text, Payload: []byte("x")}}, code: 1002})
		}
	}
	for _, op := range []byte{h.Ping, h.Pong, h.Close, h.Cont} {
		l = append(l, tcase{name: fmt.Sprintf("rsv/4 on opcode %d with permessage-deflate", op), deflate: true,
			send: []any{h.Frame{Fin: true, Rsv: 4, Op: op, Payload: []byte{3, 232}}}, code: 1002})
	}
	for _, op := range []byte{3, 4, 5, 6, 7, 11, 12, 13, 14, 15} {
		for _, p := range []string{"", "payload"} {
			l = append(l, tcase{name: fmt.Sprintf("opcode/%d with %d bytes", op, len(p)), send: []any{part(op, true, p)}, code: 1002},
				tcase{name: fmt.Sprintf("opcode/%d with %d bytes between messages", op, len(p)),
					send: []any{text("good"), part(op, true, p), text("late")}, want: frames(text("good")), code: 1002})
		}
	}
	for _, f := range []h.Frame{text("masked wrongly"), ping("p"), closef(h.ClosePayload(1000, "")), text("")} {
		l = append(l, tcase{name: fmt.Sprintf("mask/wrong on opcode %d with %d bytes", f.Op, len(f.Payload)), send: []any{wrongMask(f)}, code: 1002})
	}
	return l
}

// wrongMask marks a frame that is masked as the role must not.
type wrongMask h.Frame

// controlCases are RFC 6455 §5.5.
func controlCases() (l []tcase) {
	long := strings.Repeat("c", 125)
	tooLong := strings.Repeat("c", 126)
	for _, op := range []byte{h.Ping, h.Pong, h.Close} {
		p := "\x03\xe8" + tooLong[2:]
		l = append(l,
			tcase{name: fmt.Sprintf("control/opcode %d of 126 bytes", op), send: []any{part(op, true, p)}, code: 1002},
			tcase{name: fmt.Sprintf("control/opcode %d of 65536 bytes", op), send: []any{part(op, true, strings.Repeat("x", 65536))}, code: 1002, wholeOnly: true},
			tcase{name: fmt.Sprintf("control/opcode %d fragmented", op), send: []any{part(op, false, "\x03\xe8"), part(h.Cont, true, "b")}, code: 1002},
			tcase{name: fmt.Sprintf("control/opcode %d fragmented in a message", op),
				send: []any{part(h.Text, false, "a"), part(op, false, "\x03\xe8"), part(h.Cont, true, "b")}, code: 1002})
	}
	for _, p := range []string{"", "x", "Hello", "\x00\xff\xfe\xfd", long} {
		l = append(l, tcase{name: fmt.Sprintf("ping/%d bytes", len(p)), send: []any{ping(p)}, want: frames(pong(p))})
	}
	var pings []any
	var pongs []h.Frame
	for i := range 10 {
		pings = append(pings, ping(fmt.Sprintf("ping %d", i)))
		pongs = append(pongs, pong(fmt.Sprintf("ping %d", i)))
	}
	return append(l,
		tcase{name: "ping/ten in a row", send: pings, want: pongs},
		tcase{name: "ping/between messages", send: []any{text("a"), ping("1"), text("b"), ping("2")}, code: anyOrder,
			want: frames(text("a"), pong("1"), text("b"), pong("2"))},
		tcase{name: "pong/unasked, then a ping", send: []any{pong("never asked"), pong(""), ping("x")}, want: frames(pong("x"))},
		tcase{name: "ping/between fragments", send: []any{part(h.Text, false, "one"), ping("mid"), part(h.Cont, true, "two")},
			want: frames(pong("mid"), text("onetwo"))},
		tcase{name: "ping/between many fragments", send: []any{part(h.Text, false, "1"), ping("a"), part(h.Cont, false, "2"),
			ping("b"), pong("?"), part(h.Cont, false, ""), ping(long), part(h.Cont, true, "3")},
			want: frames(pong("a"), pong("b"), pong(long), text("123"))},
	)
}

// anyOrder as a code: pongs may overtake messages, each in their own order.
const anyOrder = -1

// fragmentCases are RFC 6455 §5.4.
func fragmentCases() (l []tcase) {
	l = append(l,
		tcase{name: "fragments/two", send: []any{part(h.Text, false, "ab"), part(h.Cont, true, "cd")}, want: frames(text("abcd"))},
		tcase{name: "fragments/empty first", send: []any{part(h.Text, false, ""), part(h.Cont, true, "cd")}, want: frames(text("cd"))},
		tcase{name: "fragments/empty last", send: []any{part(h.Binary, false, "ab"), part(h.Cont, true, "")}, want: frames(bin([]byte("ab")))},
		tcase{name: "fragments/all empty", send: []any{part(h.Text, false, ""), part(h.Cont, false, ""), part(h.Cont, true, "")}, want: frames(text(""))},
		tcase{name: "fragments/nothing to continue", send: []any{part(h.Cont, true, "x")}, code: 1002},
		tcase{name: "fragments/nothing to continue, unfinished", send: []any{part(h.Cont, false, "x")}, code: 1002},
		tcase{name: "fragments/continued after its end", send: []any{part(h.Text, false, "a"), part(h.Cont, true, "b"), part(h.Cont, true, "c")},
			want: frames(text("ab")), code: 1002},
		tcase{name: "fragments/nothing to continue behind a message, then text", send: []any{part(h.Text, false, "a"), part(h.Cont, true, "b"),
			part(h.Cont, false, "c"), text("late")}, want: frames(text("ab")), code: 1002},
		tcase{name: "fragments/text inside text", send: []any{part(h.Text, false, "a"), text("b")}, code: 1002},
		tcase{name: "fragments/binary inside text", send: []any{part(h.Text, false, "a"), part(h.Binary, false, "b")}, code: 1002},
		tcase{name: "fragments/two messages", send: []any{part(h.Text, false, "a"), part(h.Cont, true, "b"), part(h.Binary, false, "c"), part(h.Cont, true, "d")},
			want: frames(text("ab"), bin([]byte("cd")))},
	)
	var send []any
	op := byte(h.Text)
	for range 200 {
		send = append(send, part(op, false, "0123456789"))
		op = h.Cont
	}
	send = append(send, part(h.Cont, true, "end"))
	return append(l, tcase{name: "fragments/two hundred", send: send, want: frames(text(strings.Repeat("0123456789", 200) + "end")), wholeOnly: true})
}

// closeCases are RFC 6455 §5.5.1 and §7.4. 1012 to 1014, registered later,
// are left open: the reference refuses them.
func closeCases() (l []tcase) {
	l = append(l, tcase{name: "close/empty", send: []any{closef(nil)}, closeWith: []byte{}},
		tcase{name: "close/one byte", send: []any{closef([]byte{3})}, code: 1002})
	for _, c := range []int{1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999} {
		p := h.ClosePayload(c, "")
		l = append(l, tcase{name: fmt.Sprintf("close/%d", c), send: []any{closef(p)}, closeWith: p})
		p = h.ClosePayload(c, "because κόσμε")
		l = append(l, tcase{name: fmt.Sprintf("close/%d with reason", c), send: []any{closef(p)}, closeWith: p})
	}
	for _, c := range []int{0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535} {
		l = append(l, tcase{name: fmt.Sprintf("close/%d is not allowed", c), send: []any{closef(h.ClosePayload(c, "why"))}, code: 1002})
	}
	full := h.ClosePayload(1000, strings.Repeat("r", 123))
	late := h.ClosePayload(1000, "late")
	return append(l,
		tcase{name: "close/longest reason", send: []any{closef(full)}, closeWith: full},
		tcase{name: "close/reason is not UTF-8", send: []any{closef(h.ClosePayload(1000, "\xce\xba\xe1\xbd\xb9\xed\xa0\x80"))}, code: 1007},
		tcase{name: "close/reason is cut off", send: []any{closef(h.ClosePayload(1000, "\xe1\x80"))}, code: 1007},
		tcase{name: "close/then more", send: []any{closef(late), text("not to be answered"), ping("nor this"), closef(late)}, closeWith: late},
		tcase{name: "close/then rubbish", send: []any{closef(late), bytes.Repeat([]byte{0xff}, 70000)}, closeWith: late, wholeOnly: true},
		tcase{name: "close/inside a message", send: []any{part(h.Text, false, "begun"), closef(late)}, closeWith: late},
		tcase{name: "close/behind a message", send: []any{text("last words"), closef(late)}, code: maybeEcho, want: frames(text("last words")), closeWith: late},
		tcase{name: "close/by the program", send: []any{text("!close 3005 bye"), answer(h.ClosePayload(3005, "bye"))}, closeWith: h.ClosePayload(3005, "bye")},
		tcase{name: "close/by the program, no reason text", send: []any{text("!close 1001"), answer(h.ClosePayload(1001, ""))}, closeWith: h.ClosePayload(1001, "")},
		tcase{name: "close/by the program, messages cross it", send: []any{text("!close 3005 bye"), text("crossing"), ping("crossing"),
			answer(h.ClosePayload(3005, "bye"))}, closeWith: h.ClosePayload(3005, "bye")},
	)
}

// maybeEcho as a code: want may be missing, because the close came first.
const maybeEcho = -2

// answer is a close frame that is sent once the other side's was received.
type answer []byte

// wellFormed are texts at the borders of what UTF-8 allows (RFC 3629 §4).
var wellFormed = []string{
	"\x00", "\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80", "\xef\xbf\xbd",
	"\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf3\xbf\xbf\xbf", "\xf4\x8f\xbf\xbf", "\xef\xbb\xbf",
	"Hello-\u00b5@\u00df\u00f6\u00e4\u00fc\u00e0\u00e1-UTF-8!!", "\u03ba\u1f79\u03c3\u03bc\u03b5",
}

// malformed are texts and the index of the byte that no continuation can
// mend; -1: only the end of the message shows it.
var malformed = []struct {
	text string
	bad  int
}{
	{"\x80", 0}, {"\xbf", 0}, {"\xc0\xaf", 0}, {"\xc1\xbf", 0}, {"\xf5\x80\x80\x80", 0}, {"\xf8\x88\x80\x80\x80", 0},
	{"\xfc\x84\x80\x80\x80\x80", 0}, {"\xfe", 0}, {"\xff", 0},
	{"\xc2 ", 1}, {"\xdf\xc0", 1}, {"\xe0\x80\xaf", 1}, {"\xe0\x9f\xbf", 1}, {"\xe1 ", 1}, {"\xed\xa0\x80", 1}, {"\xed\xbf\xbf", 1},
	{"\xf0\x80\x80\xaf", 1}, {"\xf0\x8f\xbf\xbf", 1}, {"\xf4\x90\x80\x80", 1}, {"\xf4\xbf\xbf\xbf", 1}, {"\xef\x7f\x80", 1},
	{"\xe1\x80 ", 2}, {"\xe1\x80\xc0", 2}, {"\xf1\x80 ", 2}, {"\xf1\x80\x80 ", 3}, {"\xf1\x80\x80\xff", 3},
	{"\xc2", -1}, {"\xe0\xa0", -1}, {"\xe1", -1}, {"\xe1\x80", -1}, {"\xf0", -1}, {"\xf0\x90", -1}, {"\xf1\x80\x80", -1}, {"\xf4\x8f\xbf", -1},
}

// utf8Cases are RFC 6455 §8.1, fail-fast: the connection fails at the first
// byte that is wrong, not at the end of the frame or message.
func utf8Cases() (l []tcase) {
	for _, s := range wellFormed {
		l = append(l, tcase{name: fmt.Sprintf("utf8/good %x", s), send: []any{text(s)}, want: frames(text(s))})
		for k := 1; k < len(s); k++ {
			l = append(l, tcase{name: fmt.Sprintf("utf8/good %x, fragmented at %d", s, k),
				send: []any{part(h.Text, false, s[:k]), ping("."), part(h.Cont, true, s[k:])}, want: frames(pong("."), text(s))})
		}
	}
	for _, m := range malformed {
		for _, before := range []string{"", "\u03ba-"} {
			l = append(l, badText(before+m.text, m.bad, len(before))...)
		}
		l = append(l, tcase{name: fmt.Sprintf("utf8/binary may hold %x", m.text), send: []any{bin([]byte(m.text))}, want: frames(bin([]byte(m.text)))})
	}
	return l
}

func badText(s string, bad, before int) (l []tcase) {
	l = append(l, tcase{name: fmt.Sprintf("utf8/bad %x", s), send: []any{text(s)}, code: 1007})
	for k := 1; k < len(s); k++ {
		l = append(l, tcase{name: fmt.Sprintf("utf8/bad %x, fragmented at %d", s, k),
			send: []any{part(h.Text, false, s[:k]), part(h.Cont, true, s[k:])}, code: 1007})
	}
	if bad < 0 {
		return append(l, tcase{name: fmt.Sprintf("utf8/bad %x, empty last fragment", s),
			send: []any{part(h.Text, false, s), part(h.Cont, true, "")}, code: 1007})
	}
	cut := s[:before+bad+1]
	f := text(cut)
	f.Declared = uint64(len(cut)) + 40
	var tail []any
	op := byte(h.Text)
	for i := range len(cut) {
		tail = append(tail, part(op, false, cut[i:i+1]))
		op = h.Cont
	}
	return append(l,
		tcase{name: fmt.Sprintf("utf8/bad %x, at once, inside the frame", s), send: []any{f}, code: 1007},
		tcase{name: fmt.Sprintf("utf8/bad %x, at once, inside the message", s), send: []any{part(h.Text, false, cut)}, code: 1007},
		tcase{name: fmt.Sprintf("utf8/bad %x, at once, in fragments of a byte", s), send: tail, code: 1007})
}

func allCases() (l []tcase) {
	l = append(l, lengthCases()...)
	l = append(l, headerCases()...)
	l = append(l, controlCases()...)
	l = append(l, fragmentCases()...)
	l = append(l, closeCases()...)
	return append(l, utf8Cases()...)
}
