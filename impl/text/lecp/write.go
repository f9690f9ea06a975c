// SPDX-License-Identifier: MIT

package lecp

import (
	"errors"
	"math"
	"strconv"
	"unsafe"
)

const (
	maxOpen     = 16
	maxArgs     = 15
	scratchSize = 24
)

// Writer has the layout of lws_lec_pctx_t. It is the program's memory.
type Writer struct {
	Stack      [maxOpen]uint8 // the brackets that are open
	Args       [16]uint8      // kinds of the arguments used, for the next call
	Indefinite [maxOpen]uint8 // and whether it is of indefinite length
	Scratch    [scratchSize]uint8
	Start      unsafe.Pointer
	At         unsafe.Pointer
	End        unsafe.Pointer
	Source     unsafe.Pointer // string in progress
	Len        uint64
	Done       uint64
	_          Item
	Used       uintptr
	Opaque     [4]int32 // the program's
	State      uint32
	FmtPos     uint32
	SP         uint8
	ScratchLen uint8
	_          [2]uint8
	ArgPos     uint8
	_          uint8
}

// A writer's state (enum cbp_state).
const (
	stIdle    = 0
	stBody    = 4 // in the bytes of an argument
	stLiteral = 6 // in those of a literal
)

// Kinds of arguments.
const (
	ArgInt uint8 = iota
	ArgLong
	ArgLongLong
	ArgPointer
	ArgDouble
)

// Args are a call's arguments, one by one.
type Args interface {
	Number(kind uint8) uint64 // an int's sign extended, a double's bits
	Pointer() unsafe.Pointer
}

// Results of Printf (enum lws_lec_pctx_ret).
const (
	Finished = 0
	Again    = 1
	Fail     = 2
)

// What is wrong with a call.
var (
	errBracket  = errors.New("a bracket that closes nothing, or something else")
	errColon    = errors.New("a ':' outside of a map")
	errOddMap   = errors.New("a key without a value")
	errDepth    = errors.New("more than 16 brackets are open")
	errLiteral  = errors.New("a literal text without an end")
	errNumber   = errors.New("a bad number")
	errConv     = errors.New("an unknown conversion")
	errTagScope = errors.New("a tag or '(' without the other")
	errKind     = errors.New("neither t nor b behind a '<'")
	errTooMany  = errors.New("more than 15 arguments")
	errLength   = errors.New("a string argument of negative length, or NULL")
	errScratch  = errors.New("no room in scratch: lws_lec_scratch() was not called")
)

// Init prepares w to write n bytes at buf.
func Init(w *Writer, buf unsafe.Pointer, n uintptr) {
	*w = Writer{}
	SetBuf(w, buf, n)
}

// SetBuf has w go on at buf.
func SetBuf(w *Writer, buf unsafe.Pointer, n uintptr) {
	w.Start, w.At, w.End = buf, buf, unsafe.Add(buf, n)
	w.Used = 0
}

func (w *Writer) room() int {
	if uintptr(w.At) >= uintptr(w.End) {
		return 0
	}
	return int(uintptr(w.End) - uintptr(w.At))
}

// write is how much of s there was room for.
func (w *Writer) write(s []byte) int {
	n := copy(unsafe.Slice((*byte)(w.At), w.room()), s)
	w.At = unsafe.Add(w.At, n)
	return n
}

// Flush moves scratch to the buffer. True if that became full.
func Flush(w *Writer) bool {
	if w.ScratchLen == 0 {
		return false
	}
	pending := w.Scratch[:min(w.ScratchLen, scratchSize)]
	w.ScratchLen = uint8(copy(pending, pending[w.write(pending):]))
	return w.room() == 0
}

// Int puts the head of an item into scratch: the major type, in a float or
// simple value with the minor one, and n.
func Int(w *Writer, opcode uint8, endless bool, n uint64) error {
	minor, size := opcode&minorMask, 0
	switch {
	case endless:
		minor = indefinite
	case opcode&majorMask == majorFloat:
		if minor >= minor1 && minor <= minor8 {
			size = 1 << (minor - minor1)
		}
	case n < minor1:
		minor = uint8(n)
	case n <= math.MaxUint8:
		minor, size = minor1, 1
	case n <= math.MaxUint16:
		minor, size = minor2, 2
	case n <= math.MaxUint32:
		minor, size = minor4, 4
	default:
		minor, size = minor8, 8
	}
	at := int(w.ScratchLen)
	if at+1+size > scratchSize {
		return errScratch
	}
	w.Scratch[at] = opcode | minor
	for ; size > 0; size-- {
		at++
		w.Scratch[at] = uint8(n >> (8 * (size - 1)))
	}
	w.ScratchLen = uint8(at + 1)
	return nil
}

// writing is one Printf.
type writing struct {
	*Writer
	format []byte
	args   Args
}

// Printf writes after the format until that or the buffer is at its end.
func Printf(w *Writer, format []byte, args Args) (int, error) {
	r := writing{w, format, args}
	r.resume()
	for w.room() > 0 {
		if Flush(w) || w.State == stIdle && int(w.FmtPos) >= len(format) {
			break
		}
		if err := r.step(); err != nil {
			w.FmtPos, w.ArgPos, w.State, w.ScratchLen = 0, 0, stIdle, 0
			return Fail, err
		}
	}
	w.Used = uintptr(w.At) - uintptr(w.Start)
	if w.room() == 0 || w.ScratchLen != 0 {
		return Again, nil
	}
	w.FmtPos, w.ArgPos = 0, 0
	return Finished, nil
}

// resume passes over the arguments that the calls before have used. The
// string in progress may have moved.
func (w *writing) resume() {
	for _, kind := range w.Args[:min(w.ArgPos, maxArgs+1)] {
		if kind == ArgPointer {
			w.args.Pointer()
		} else {
			w.args.Number(kind)
		}
	}
	if w.State == stBody {
		w.Source = w.args.Pointer()
	}
}

func (w *writing) number(kind uint8) uint64 {
	w.used(kind)
	return w.args.Number(kind)
}

func (w *writing) used(kind uint8) {
	w.Args[min(w.ArgPos, maxArgs)] = kind
	w.ArgPos++
}

func (w *writing) int(opcode uint8, n uint64) error { return Int(w.Writer, opcode, false, n) }

func (w *writing) step() error {
	switch w.State {
	case stBody:
		return w.body()
	case stLiteral:
		return w.literal()
	}
	t, err := next(w.format, int(w.FmtPos))
	if err != nil {
		return err
	}
	w.FmtPos = uint32(t.end)
	if t.close != 0 {
		return w.closed(t.close)
	}
	switch t.c {
	case '[':
		return w.opened(t, majorArray)
	case '{':
		return w.opened(t, majorMap)
	case '(':
		return w.opened(t, majorTag)
	case '<':
		return w.opened(t, t.major)
	case '\'':
		w.FmtPos = uint32(t.at + 1)
		w.State = stLiteral
		return w.int(majorText, t.n)
	case '0':
		return w.int(t.major, t.n)
	case '%':
		return w.conversion(t)
	}
	return nil
}

// opened begins what the bracket at the token's end opens.
func (w *writing) opened(t token, major uint8) error {
	if int(w.SP) >= maxOpen {
		return errDepth
	}
	n, closed, err := count(w.format, t.end, t.c)
	if err != nil {
		return err
	}
	w.Stack[w.SP], w.Indefinite[w.SP] = t.c, 0
	switch {
	case t.c == '(':
		if n = t.n; t.conv {
			if w.ArgPos >= maxArgs {
				return errTooMany
			}
			n = w.number(t.long)
		}
		closed = true
	case t.c == '<':
		closed = false
	}
	if !closed {
		w.Indefinite[w.SP] = 1
	}
	w.SP++
	return Int(w.Writer, major, !closed, n)
}

func (w *writing) closed(bracket byte) error {
	if w.SP == 0 || w.SP > maxOpen || w.Stack[w.SP-1] != bracket {
		return errBracket
	}
	w.SP--
	if w.Indefinite[w.SP] == 0 {
		return nil
	}
	return Int(w.Writer, majorFloat, true, 0)
}

func (w *writing) conversion(t token) error {
	if w.ArgPos >= maxArgs {
		return errTooMany
	}
	switch t.letter {
	case 'd':
		n := w.number(t.long)
		if int64(n) < 0 {
			return w.int(majorNeg, ^n)
		}
		return w.int(majorUint, n)
	case 'u':
		n := w.number(t.long)
		if t.long == ArgInt {
			n = uint64(uint32(n))
		}
		return w.int(majorUint, n)
	case 'f':
		return w.float(math.Float64frombits(w.number(ArgDouble)))
	}
	length := int64(-1)
	if t.sized {
		length = int64(w.number(ArgInt))
		if length < 0 {
			return errLength
		}
	}
	w.Source = w.args.Pointer()
	if w.Source == nil && length != 0 {
		return errLength
	}
	if !t.sized {
		for length = 0; *(*byte)(unsafe.Add(w.Source, length)) != 0; {
			length++
		}
	}
	w.Len, w.Done = uint64(length), 0
	w.State = stBody
	return w.int(t.major, w.Len)
}

// float writes the shortest form of the same value; as the reference a NaN is
// written as it is.
func (w *writing) float(f float64) error {
	short := float32(f)
	if float64(short) != f {
		return w.int(majorFloat|minor8, math.Float64bits(f))
	}
	bits := math.Float32bits(short)
	if h := Half(bits); Single(h) == bits {
		return w.int(majorFloat|minor2, uint64(h))
	}
	return w.int(majorFloat|minor4, uint64(bits))
}

// body writes of the string argument what there is room for.
func (w *writing) body() error {
	if w.Source == nil && w.Len != 0 {
		return errLength
	}
	if w.Len != 0 {
		w.Done += uint64(w.write(unsafe.Slice(
			(*byte)(unsafe.Add(w.Source, w.Done)), w.Len-w.Done)))
	}
	if w.Done == w.Len {
		w.used(ArgPointer)
		w.State = stIdle
	}
	return nil
}

// literal writes a character. That the literal has an end was seen when it
// began.
func (w *writing) literal() error {
	rest := w.format[min(int(w.FmtPos), len(w.format)):]
	switch {
	case len(rest) > 1 && rest[0] == '\\':
		rest = rest[1:]
		w.FmtPos++
	case len(rest) == 0:
		return errLiteral
	case rest[0] == '\'':
		w.FmtPos++
		w.State = stIdle
		return nil
	}
	w.FmtPos++
	w.write(rest[:1])
	return nil
}

// token is one part of a format.
type token struct {
	at, end int
	c       byte // [ { ( < ' 0 (a number) % : or 0
	close   byte // what it closes
	letter  byte // of a conversion
	major   uint8
	long    uint8  // how many l
	sized   bool   // .*
	conv    bool   // a tag with an argument
	n       uint64 // of a number, tag or literal
}

// item: it is an item, or the first part of one.
func (t token) item() bool { return t.c != 0 && t.c != ':' }

// closes tells which bracket c closes.
func closes(c byte) byte {
	switch c {
	case ']':
		return '['
	case '}':
		return '{'
	case ')':
		return '('
	case '>':
		return '<'
	}
	return 0
}

// next is the token at the given place. What has no meaning is passed over.
func next(f []byte, at int) (t token, err error) {
	t = token{at: at, end: at + 1}
	switch c := f[at]; c {
	case '[', '{', ':':
		t.c = c
	case ']', '}', ')', '>':
		t.close = closes(c)
	case '(':
		return t, errTagScope
	case '<':
		t.c, t.end = '<', at+2
		switch {
		case at+1 < len(f) && f[at+1] == 't':
			t.major = majorText
		case at+1 < len(f) && f[at+1] == 'b':
			t.major = majorBytes
		default:
			return t, errKind
		}
	case '\'':
		return literalToken(f, t)
	case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		return numberToken(f, t)
	case '%':
		return conversionToken(f, t)
	}
	return t, nil
}

func literalToken(f []byte, t token) (token, error) {
	t.c = '\''
	for ; t.end < len(f); t.end++ {
		switch f[t.end] {
		case '\'':
			t.end++
			return t, nil
		case '\\':
			if t.end++; t.end == len(f) {
				return t, errLiteral
			}
		}
		t.n++
	}
	return t, errLiteral
}

func numberToken(f []byte, t token) (token, error) {
	for t.end < len(f) && f[t.end] >= '0' && f[t.end] <= '9' {
		t.end++
	}
	digits, negative := f[t.at:t.end], f[t.at] == '-'
	if negative {
		digits = digits[1:]
	}
	n, err := strconv.ParseUint(string(digits), 10, 64)
	if err != nil {
		return t, errNumber
	}
	t.c, t.n = '0', n
	if negative && n != 0 {
		t.major, t.n = majorNeg, n-1
	}
	if t.end < len(f) && f[t.end] == '(' {
		if negative {
			return t, errNumber
		}
		t.c = '('
		t.end++
	}
	return t, nil
}

func conversionToken(f []byte, t token) (token, error) {
	at := func() byte {
		if t.end < len(f) {
			return f[t.end]
		}
		return 0
	}
	t.c = '%'
	if at() == '.' {
		t.end++
		if at() != '*' {
			return t, errConv
		}
		t.sized = true
		t.end++
	}
	for t.long < ArgLongLong && at() == 'l' {
		t.long++
		t.end++
	}
	t.letter = at()
	t.end++
	switch t.letter {
	case 's':
		t.major = majorText
		return t, nil
	case 'b':
		if t.major = majorBytes; t.sized {
			return t, nil
		}
	case 'd', 'u', 'f':
		if !t.sized {
			return t, nil
		}
	case 't':
		if at() != '(' {
			return t, errTagScope
		}
		t.end++
		t.c, t.conv = '(', true
		return t, nil
	}
	return t, errConv
}

// count is how many items (of a map: pairs) there are up to the end of what
// was opened before at. Not closed: it has no end here.
func count(f []byte, at int, bracket byte) (n uint64, closed bool, err error) {
	var open [maxOpen]byte
	open[0] = bracket
	depth := 0
	for at < len(f) {
		t, err := next(f, at)
		if err != nil {
			return 0, false, err
		}
		at = t.end
		if t.item() && depth == 0 {
			n++
		}
		switch {
		case t.c == ':' && open[depth] != '{':
			return 0, false, errColon
		case t.c == '[' || t.c == '{' || t.c == '(' || t.c == '<':
			if depth++; depth == maxOpen {
				return 0, false, errDepth
			}
			open[depth] = t.c
		case t.close == 0:
		case t.close != open[depth]:
			return 0, false, errBracket
		case depth > 0:
			depth--
		case bracket != '{':
			return n, true, nil
		case n&1 != 0:
			return 0, false, errOddMap
		default:
			return n / 2, true, nil
		}
	}
	return 0, false, nil
}
