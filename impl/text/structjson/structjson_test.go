// SPDX-License-Identifier: MIT

package structjson

import (
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"unsafe"

	"libwebsockets/impl/text/lejp"
)

type leaf struct {
	_    node
	n    int32
	s    [8]byte
	p    *byte
	more owner
}

type child struct {
	name  *byte
	small int8
	inner *child
}

type top struct {
	leaves        owner
	child         *child
	text          [10]byte
	guard         byte
	str           *byte
	i16           int16
	guard16       int16
	u64           uint64
	yes           bool
	before, after uint64
}

func c(s string) unsafe.Pointer { return unsafe.Pointer(unsafe.StringData(s + "\x00")) }

func member(name string, kind Kind, ofs, size uintptr) Map {
	return Map{ColName: c(name), Type: kind, Ofs: ofs, Aux: size}
}

// The maps; leaves and children lie in each other without an end.
var schemas = func() []Map {
	leaves, children := make([]Map, 4), make([]Map, 3)
	leaves[0] = member("n", Signed, unsafe.Offsetof(leaf{}.n), 4)
	leaves[1] = member("s", CharArray, unsafe.Offsetof(leaf{}.s), 8)
	leaves[2] = member("p", StringPtr, unsafe.Offsetof(leaf{}.p), 8)
	leaves[3] = Map{ColName: c("more"), Type: List, Ofs: unsafe.Offsetof(leaf{}.more), Aux: unsafe.Sizeof(leaf{}), ChildMap: &leaves[0], ChildMapSize: 4}
	children[0] = member("name", StringPtr, unsafe.Offsetof(child{}.name), 8)
	children[1] = member("small", Unsigned, unsafe.Offsetof(child{}.small), 1)
	children[2] = Map{ColName: c("inner"), Type: ChildPtr, Ofs: unsafe.Offsetof(child{}.inner), Aux: unsafe.Sizeof(child{}), ChildMap: &children[0], ChildMapSize: 3}
	members := []Map{
		{ColName: c("leaves"), Type: List, Ofs: unsafe.Offsetof(top{}.leaves), Aux: unsafe.Sizeof(leaf{}), ChildMap: &leaves[0], ChildMapSize: 4},
		{ColName: c("child"), Type: ChildPtr, Ofs: unsafe.Offsetof(top{}.child), Aux: unsafe.Sizeof(child{}), ChildMap: &children[0], ChildMapSize: 3},
		member("text", CharArray, unsafe.Offsetof(top{}.text), 10),
		member("str", StringPtr, unsafe.Offsetof(top{}.str), 8),
		member("i16", Signed, unsafe.Offsetof(top{}.i16), 2),
		member("u64", Unsigned, unsafe.Offsetof(top{}.u64), 8),
		member("yes", Boolean, unsafe.Offsetof(top{}.yes), 1),
		member("blob", BlobPtr, 0, 8),
	}
	return []Map{{ColName: c("top"), Type: Schema, Aux: unsafe.Sizeof(top{}), ChildMap: &members[0], ChildMapSize: uintptr(len(members))}}
}()

// heap is an lwsac: what it gave stays, with its size.
type heap struct {
	kept [][]uint64
	size uintptr
}

const word = 8

func (h *heap) alloc(ac *unsafe.Pointer, n, _ uintptr) unsafe.Pointer {
	h.size += n
	h.kept = append(h.kept, make([]uint64, n/word+1))
	*ac = unsafe.Pointer(h) // so it stays as long as Args
	return unsafe.Pointer(&h.kept[len(h.kept)-1][0])
}

// callbacks are what stands for C's functions.
var callbacks [2]byte

// parse is a parse of text in pieces; said is what was logged.
func parse(text []byte, piece int, h *heap) (a *Args, ret int, said string) {
	ctx := lejp.New(8)
	a = &Args{ACBlockSize: 512, CB: c("")}
	a.MapSt[0], a.MapEntriesSt[0] = &schemas[0], uintptr(len(schemas))
	var log strings.Builder
	lib := &Lib{
		Alloc: h.alloc, Free: func(ac *unsafe.Pointer) { *ac = nil }, Default: unsafe.Pointer(&callbacks[1]),
		Told:    func(_, _, _ unsafe.Pointer) {},
		Noticef: func(f string, args ...any) { fmt.Fprintf(&log, f+"\n", args...) },
		Errf:    func(f string, args ...any) { fmt.Fprintf(&log, f+"\n", args...) },
	}
	lib.Invoke = func(cb unsafe.Pointer, why lejp.Reason) int8 {
		if cb == unsafe.Pointer(&callbacks[1]) {
			return Default(ctx, why, lib)
		}
		return SchemaOnly(ctx, why, lib)
	}
	path := []unsafe.Pointer{c("schema")}
	lejp.Construct(ctx, unsafe.Pointer(&callbacks[0]), unsafe.Pointer(a), unsafe.Pointer(&path[0]), 1, lib.Invoke)
	ctx.PathStride = unsafe.Sizeof(Map{})
	ret = lejp.Continue
	defer runtime.KeepAlive(a)
	for len(text) > 0 && ret == lejp.Continue {
		n := min(piece, len(text))
		ret = lejp.Parse(ctx, text[:n], lib.Invoke)
		text = text[n:]
	}
	lejp.Destruct(ctx, lib.Invoke)
	return a, ret, log.String()
}

// written is what a Writer makes of it in pieces.
func written(t testing.TB, a *Args, flags int32, size int) string {
	defer runtime.KeepAlive(a) // the collector does not know of what lies in an lwsac
	var w Writer
	w.Begin(&schemas[0], uintptr(len(schemas)), flags, a.Dest)
	var out []byte
	for buf := make([]byte, size); ; {
		n, finished, err := w.Write(buf)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, buf[:n]...)
		if finished {
			return string(out)
		}
		if n == 0 || len(out) > 1<<24 {
			t.Fatalf("%d bytes are no room, behind %.200q", size, out)
		}
	}
}

// Seen to fail with an escape that is begun anew in the next buffer.
func TestRoundTrip(t *testing.T) {
	for _, x := range []struct{ in, want string }{
		{`{"schema":"top"}`, `{"schema":"top","text":"","i16":0,"u64":0,"yes":false}`},
		{`{"str":"a\"\\\n\t\u0001é","yes":true,"i16":-2,"u64":18446744073709551615}`,
			`{"schema":"top","text":"","str":"a\u0022\\\n\t\u0001\u00C3\u00A9","i16":-2,"u64":9223372036854775807,"yes":true}`},
		{`{"leaves":[{"n":1,"more":[{"n":2},{"p":"x"}]},{"s":"1234567890"}],"child":{"inner":{"small":200}},"text":"0123456789"}`,
			`{"schema":"top","leaves":[{"n":1,"s":"","more":[{"n":2,"s":""},{"n":0,"s":"","p":"x"}]},{"n":0,"s":"1234567"}],` +
				`"child":{"small":0,"inner":{"small":200}},"text":"012345678","i16":0,"u64":0,"yes":false}`},
	} {
		for _, piece := range []int{1, 3, 1000} {
			h := &heap{}
			a, ret, log := parse([]byte(x.in), piece, h)
			if ret != 0 || a.Dest == nil {
				t.Fatalf("%s: %d %s", x.in, ret, log)
			}
			for size := 1; size < len(x.want)+2; size++ {
				if got := written(t, a, 0, size); got != x.want {
					t.Fatalf("%s by %d:\n%s\n%s", x.in, size, got, x.want)
				}
			}
			if pretty := written(t, a, Pretty, 7); !json.Valid([]byte(pretty)) || strings.ReplaceAll(strings.ReplaceAll(strings.ReplaceAll(pretty, "\n", ""), "  ", ""), " ", "") != x.want {
				t.Errorf("pretty: %s", pretty)
			}
		}
	}
}

// Any text ends in a struct or an error: with no more memory than it is long, the same
// however it is cut, and what it made is JSON which makes the same again. Seen to fail
// without the length of the pieces set back.
func FuzzStructJSON(f *testing.F) {
	for _, s := range []string{
		`{"schema":"top","leaves":[{"n":1,"s":"x","p":"y","more":[{"n":2}]},{"n":3}],"child":{"name":"a","inner":{"small":7}},"text":"t"}`,
		`{"leaves":{"n":1},"str":"` + strings.Repeat("a", 700) + `","text":"` + strings.Repeat("b", 700) + `"}`,
		`{"child":[{"name":1},{"inner":[{"":{}}]}],"leaves":[[1],2,{"x":[{}],"n":4}]}`, `{"schema":"nobody","text":1}`,
		`{"schema":["top"]}`, `[{"schema":"top"}]`, `{"schema":"top","schema":"top","i16":99999}`, `{"child":{"child":{},"name":"x"},"yes":true}`,
		`{"leaves":[{"more":[{"more":[{"more":[{"n":1}]}]}]}]}`, `{"str":` + strings.Repeat("[", 40), `{"blob":{"a":1},"u64":-1}`,
	} {
		f.Add([]byte(s), uint8(3))
	}
	f.Fuzz(func(t *testing.T, text []byte, piece uint8) {
		h := &heap{}
		a, ret, _ := parse(text, max(int(piece), 1), h)
		if limit := uintptr(256+40*len(text)) * 8; h.size > limit {
			t.Errorf("%d bytes for %d of JSON", h.size, len(text))
		}
		if a.ACChunks != nil || a.ChunksLength != 0 {
			t.Error("pieces of a text are left")
		}
		whole, ret2, _ := parse(text, len(text)+1, &heap{})
		if (ret >= 0) != (ret2 >= 0) || ret < 0 && ret != ret2 || (a.Dest == nil) != (whole.Dest == nil) {
			t.Fatalf("in pieces %d, whole %d", ret, ret2)
		}
		if a.Dest == nil {
			return
		}
		first := written(t, a, 0, 1+int(piece))
		if !json.Valid([]byte(first)) {
			t.Fatalf("no JSON: %s", first)
		}
		if again := written(t, whole, 0, 1000); again != first {
			t.Fatalf("in pieces\n%s\nwhole\n%s", first, again)
		}
		if d := (*top)(a.Dest); d.guard != 0 || d.guard16 != 0 || d.before != 0 || d.after != 0 {
			t.Error("written beyond a member")
		}
		b, ret, log := parse([]byte(first), 5, &heap{})
		if ret != 0 || b.Dest == nil {
			t.Fatalf("%s: %d %s", first, ret, log)
		}
		if d := (*top)(a.Dest); strings.Contains(first, `\u00`) || d.u64 > 1<<63-1 {
			return // bytes above 127 and such come back as other letters
		}
		if back := written(t, b, 0, 1000); back != first {
			t.Fatalf("%s\n%s", first, back)
		}
	})
}
