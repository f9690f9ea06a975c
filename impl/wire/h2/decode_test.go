// SPDX-License-Identifier: MIT

package h2

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// decodeAll runs the decoder over b in pieces of the sizes that cut gives, and
// describes what it found; payloads of one frame are joined.
func decodeAll(b []byte, maxFrame uint32, cut func(left int) int) (string, error) {
	d := Decoder{MaxFrame: maxFrame}
	var out strings.Builder
	var body []byte
	skipped := 0
	for len(b) > 0 {
		piece := b[:max(1, min(len(b), cut(len(b))))]
		b = b[len(piece):]
		for len(piece) > 0 {
			n, ev, have, err := d.Next(piece)
			if n > len(piece) || n == 0 && !have && err == nil {
				return out.String(), errors.New("no progress")
			}
			piece = piece[n:]
			if err != nil {
				var e *Error
				if errors.As(err, &e) && e.Stream != 0 {
					fmt.Fprintf(&out, "[%v]", e)
					continue
				}
				return out.String(), err
			}
			if !have {
				continue
			}
			if ev.First {
				body, skipped = body[:0], 0
			}
			body = append(body, ev.Payload...)
			skipped += ev.Skipped
			if ev.Last {
				fmt.Fprintf(&out, "[%v f=%x s=%d %q skip=%d]", ev.Type, ev.Flags, ev.Stream, body, skipped)
			}
		}
	}
	return out.String(), nil
}

func whole(n int) int { return n }
func single(int) int  { return 1 }

func frame(t Type, f Flags, stream uint32, payload string) []byte {
	return append(AppendHeader(nil, Header{uint32(len(payload)), t, f, stream}), payload...)
}

func TestDecode(t *testing.T) {
	for _, c := range []struct {
		name string
		in   []byte
		want string
		err  error
	}{
		{"data", frame(Data, EndStream, 1, "abc"), `[DATA f=1 s=1 "abc" skip=0]`, nil},
		{"empty data", frame(Data, EndStream, 1, ""), `[DATA f=1 s=1 "" skip=0]`, nil},
		{"padded data", frame(Data, Padded, 1, "\x02abc\x00\x00"), `[DATA f=8 s=1 "abc" skip=3]`, nil},
		{"only padding", frame(Data, Padded, 1, "\x02\x00\x00"), `[DATA f=8 s=1 "" skip=3]`, nil},
		{"headers", frame(Headers, EndHeaders|HasPriority|Padded, 3, "\x01\x80\x00\x00\x01\x10hd\x00"), `[HEADERS f=2c s=3 "hd" skip=0]`, nil},
		{"continued", append(frame(Headers, 0, 3, "h"), frame(Continuation, EndHeaders, 3, "d")...),
			`[HEADERS f=0 s=3 "h" skip=0][CONTINUATION f=4 s=3 "d" skip=0]`, nil},
		{"settings", AppendSettings(nil, Setting{InitialWindowSize, 0}), `[SETTINGS f=0 s=0 "\x00\x04\x00\x00\x00\x00" skip=0]`, nil},
		{"ack", AppendSettingsAck(nil), `[SETTINGS f=1 s=0 "" skip=0]`, nil},
		{"ping", AppendPing(nil, true, [8]byte{1}), `[PING f=1 s=0 "\x01\x00\x00\x00\x00\x00\x00\x00" skip=0]`, nil},
		{"unknown", append(frame(99, 0xff, 5, "zzz"), AppendRstStream(nil, 5, Cancel)...),
			`[RST_STREAM f=0 s=5 "\x00\x00\x00\b" skip=0]`, nil},
		{"goaway", AppendGoAway(nil, 7, NoError, "x"), `[GOAWAY f=0 s=0 "\x00\x00\x00\a\x00\x00\x00\x00x" skip=0]`, nil},
		{"own dependency", append(frame(Priority, 0, 5, "\x00\x00\x00\x05\x00"), AppendWindowUpdate(nil, 5, 1)...),
			`[h2: stream 5: cant depend on own sid (error 0x1)][WINDOW_UPDATE f=0 s=5 "\x00\x00\x00\x01" skip=0]`, nil},

		{"too long", frame(Data, 0, 1, strings.Repeat("x", MinMaxFrame+1)), "", ErrFrameSize},
		{"data on 0", frame(Data, 0, 0, ""), "", ErrNeedsStream},
		{"ping on 1", frame(Ping, 0, 1, "12345678"), "", ErrNoStream},
		{"short ping", frame(Ping, 0, 0, "1234567"), "", ErrFixedSize},
		{"settings of 5", frame(Settings, 0, 0, "12345"), "", ErrSettingsSize},
		{"ack with payload", frame(Settings, Ack, 0, "123456"), "", ErrSettingsAck},
		{"all padding", frame(Data, Padded, 1, "\x03ab"), "", ErrPadding},
		{"no room for the padding's length", frame(Data, Padded, 1, ""), "", ErrFixedSize},
		{"headers depend on themselves", frame(Headers, HasPriority, 3, "\x00\x00\x00\x03\x10h"), "", ErrOwnDependency},
		{"interrupted", append(frame(Headers, 0, 3, "h"), frame(Data, 0, 3, "d")...), `[HEADERS f=0 s=3 "h" skip=0]`, ErrContinuation},
		{"interrupted by an unknown type", append(frame(Headers, 0, 3, "h"), frame(77, 0, 3, "d")...), `[HEADERS f=0 s=3 "h" skip=0]`, ErrContinuation},
		{"other stream", append(frame(Headers, 0, 3, "h"), frame(Continuation, 0, 5, "d")...), `[HEADERS f=0 s=3 "h" skip=0]`, ErrContinuation},
		{"lone", frame(Continuation, EndHeaders, 3, "d"), "", ErrNoContinuation},
	} {
		for how, cut := range map[string]func(int) int{"at once": whole, "by bytes": single} {
			got, err := decodeAll(c.in, MinMaxFrame, cut)
			if got != c.want || err != c.err && !(err != nil && c.err != nil && err.Error() == c.err.Error()) {
				t.Errorf("%s, %s: %s, %v; want %s, %v", c.name, how, got, err, c.want, c.err)
			}
		}
	}
}

func TestFieldChecker(t *testing.T) {
	for _, c := range []struct {
		resp   bool
		fields [][2]string
		err    *Error
	}{
		{false, [][2]string{{":method", "GET"}, {":path", "/"}, {"te", "trailers"}}, nil},
		{false, [][2]string{{":method", "GET"}, {":method", "GET"}}, ErrPseudoTwice},
		{false, [][2]string{{"x", "y"}, {":method", "GET"}}, ErrPseudoOrder},
		{false, [][2]string{{":status", "200"}}, ErrPseudoUnknown},
		{true, [][2]string{{":status", "200"}}, nil},
		{true, [][2]string{{":path", "/"}}, ErrPseudoUnknown},
		{false, [][2]string{{":x", "/"}}, ErrPseudoUnknown},
		{false, [][2]string{{"Upper", ""}}, ErrFieldName},
		{false, [][2]string{{"", ""}}, ErrFieldName},
		{false, [][2]string{{"connection", "close"}}, ErrConnectionField},
		{false, [][2]string{{"te", "gzip"}}, ErrConnectionField},
		{false, [][2]string{{"x", "a\nb"}}, ErrFieldValue},
		{false, [][2]string{{"x", " a"}}, ErrFieldValue},
	} {
		f := FieldChecker{Response: c.resp}
		var err *Error
		for _, kv := range c.fields {
			if err = f.Check(kv[0], kv[1]); err != nil {
				break
			}
		}
		if err != c.err {
			t.Errorf("%v: %v, want %v", c.fields, err, c.err)
		}
	}
}

func TestAppendField(t *testing.T) {
	for n, want := range map[int]string{0: "\x00", 126: "\x7e", 127: "\x7f\x00", 254: "\x7f\x7f", 255: "\x7f\x80\x01"} {
		v := bytes.Repeat([]byte("v"), n)
		if got := AppendField(nil, "ab", v); string(got) != "\x00\x02ab"+want+string(v) {
			t.Errorf("%d: %q", n, got[:min(len(got), 12)])
		}
	}
}

func TestWindow(t *testing.T) {
	w := Window(10)
	w.Take(4)
	if w.Left() != 6 || !w.Add(-10) || w.Left() != 0 || !w.Add(5) || w.Left() != 1 {
		t.Errorf("window %d", w)
	}
	if w.Add(MaxWindow) {
		t.Error("a window beyond the limit")
	}
}

// FuzzDecode: however the bytes are cut, the same frames and errors come out.
func FuzzDecode(f *testing.F) {
	f.Add(append(AppendSettings(nil, Setting{1, 2}), frame(Headers, EndHeaders, 1, "abc")...), uint64(1))
	f.Add(append(frame(Data, Padded, 1, "\x02abc\x00\x00"), AppendPing(nil, false, [8]byte{})...), uint64(2))
	f.Add(append(frame(Headers, 0, 3, "h"), frame(Continuation, EndHeaders, 3, "d")...), uint64(3))
	f.Add(frame(Headers, HasPriority|Padded, 1, "\x01\x00\x00\x00\x00\x10hd\x00"), uint64(4))
	f.Fuzz(func(t *testing.T, in []byte, seed uint64) {
		want, werr := decodeAll(in, MinMaxFrame, whole)
		r := rand.New(rand.NewPCG(seed, 1))
		got, gerr := decodeAll(in, MinMaxFrame, func(n int) int { return 1 + r.IntN(n) })
		if got != want || (werr == nil) != (gerr == nil) {
			t.Errorf("at once %s, %v; in pieces %s, %v", want, werr, got, gerr)
		}
	})
}
