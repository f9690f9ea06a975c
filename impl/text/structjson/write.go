// SPDX-License-Identifier: MIT

package structjson

import (
	"errors"
	"strconv"
	"unsafe"

	"libwebsockets/impl/text/lejp"
	"libwebsockets/impl/text/purify"
)

// Flags of a Writer (LSSERJ_FLAG_).
const (
	Pretty     = 1 << 0
	OmitSchema = 1 << 1
)

// Those of ours.
const (
	partShift = 16 // which part of the member at hand is written
	partMask  = 3 << partShift
	inHead    = 0 << partShift
	inText    = 1 << partShift
	inTail    = 2 << partShift
	done      = 1 << 20
)

var (
	errDeep   = errors.New("structs in structs are nested deeper than " + strconv.Itoa(lejp.MaxParsers))
	errInner  = errors.New("a schema within a struct")
	errNoList = errors.New("it was not made by lws_struct_json_serialize_create")
)

// level is one level of nesting (struct lws_struct_serialize_st).
type level struct {
	DLLPos     *node
	Map        *Map
	Obj        unsafe.Pointer
	MapEntries uintptr
	MapEntry   uintptr
	Size       uintptr
	Subsequent int8
	Idt        int8
	_          [6]byte
}

// Writer is a serialization (struct lws_struct_serialize). All of its state is in there,
// so that it can go on at any byte.
type Writer struct {
	St        [lejp.MaxParsers]level
	Offset    uintptr // of the part at hand, what has been written; of its text, taken
	Remaining uintptr // bytes of the escape at hand that have been written
	Sp        int32
	Flags     int32
}

// Begin prepares a zeroed w for the struct at obj, which is the first of the maps.
func (w *Writer) Begin(m *Map, entries uintptr, flags int32, obj unsafe.Pointer) {
	w.Flags = flags & (Pretty | OmitSchema)
	w.St[0] = level{Map: m, MapEntries: entries, Obj: obj}
}

// step is the next thing to write: head, a C string to be escaped, tail. Then it is done.
type step struct {
	head  []byte
	text  unsafe.Pointer
	limit int // of text, where no NUL comes before
	tail  string
	done  func()
}

// Write fills buf. It returns how much of it, and whether that was all.
func (w *Writer) Write(buf []byte) (n int, finished bool, err error) {
	for w.Flags&done == 0 {
		if w.Sp < 0 || int(w.Sp) >= len(w.St) {
			return 0, false, errNoList
		}
		var s step
		if err := w.next(&s); err != nil {
			return 0, false, err
		}
		k, all := w.put(buf[n:], &s)
		n += k
		if !all {
			return n, false, nil
		}
		if s.done != nil {
			s.done()
		}
	}
	return n, true, nil
}

// put writes what fits of a step, and tells whether that was all.
func (w *Writer) put(buf []byte, s *step) (n int, all bool) {
	if w.Flags&partMask == inHead {
		if n, all = w.plain(buf, s.head); !all || s.text == nil {
			return n, all
		}
		w.Flags |= inText
	}
	if w.Flags&partMask == inText {
		k, all := w.escape(buf[n:], s)
		if n += k; !all {
			return n, false
		}
		w.Flags = w.Flags&^partMask | inTail
		w.Offset = 0
	}
	k, all := w.plain(buf[n:], []byte(s.tail))
	if all {
		w.Flags &^= partMask
	}
	return n + k, all
}

// plain writes a part as it is.
func (w *Writer) plain(buf, part []byte) (n int, all bool) {
	n = copy(buf, part[min(w.Offset, uintptr(len(part))):])
	if w.Offset += uintptr(n); w.Offset < uintptr(len(part)) {
		return n, false
	}
	w.Offset = 0
	return n, true
}

func (w *Writer) escape(buf []byte, s *step) (n int, all bool) {
	var room [6]byte
	for w.Offset < uintptr(s.limit) {
		c := *(*byte)(unsafe.Add(s.text, w.Offset))
		if c == 0 {
			break
		}
		e := purify.AppendJSON(room[:0], c)
		k := copy(buf[n:], e[min(int(w.Remaining), len(e)):])
		n += k
		if w.Remaining += uintptr(k); w.Remaining < uintptr(len(e)) {
			return n, false
		}
		w.Offset++
		w.Remaining = 0
	}
	return n, true
}

// line is where a new line begins, if they do.
func (w *Writer) line(to []byte, indent int8) []byte {
	if w.Flags&Pretty == 0 {
		return to
	}
	to = append(to, '\n')
	for ; indent > 0; indent-- {
		to = append(to, ' ')
	}
	return to
}

// next finds out what is written next. It leaves w as it is, but for members that are
// left out: so it can be asked again where the buffer ended.
func (w *Writer) next(s *step) error {
	l := &w.St[w.Sp]
	var m *Map
	var at unsafe.Pointer
	for {
		if l.MapEntry >= l.MapEntries || l.Map == nil {
			w.closes(s)
			return nil
		}
		m = &members(l.Map, l.MapEntries)[l.MapEntry]
		at = unsafe.Add(l.Obj, m.Ofs)
		if m.Type == StringPtr || m.Type == ChildPtr {
			at = *(*unsafe.Pointer)(at)
		}
		if at != nil && m.Type != BlobPtr && (m.Type != List || (*owner)(at).Head != nil) {
			break
		}
		l.MapEntry++
	}
	if m.Type == Schema {
		return w.schema(s, l, m)
	}
	if l.Subsequent != 0 {
		s.head = w.line(append(s.head, ','), l.Idt)
	}
	s.head = append(append(append(s.head, '"'), cBytes(m.ColName, noLimit)...), '"', ':')
	if w.Flags&Pretty != 0 {
		s.head = append(s.head, ' ')
	}
	s.done = func() { l.Subsequent = 1; l.MapEntry++ }
	switch m.Type {
	case Boolean:
		s.head = strconv.AppendBool(s.head, get(at, m.Aux, false) != 0)
	case Unsigned:
		s.head = strconv.AppendUint(s.head, get(at, m.Aux, false), 10)
	case Signed:
		s.head = strconv.AppendInt(s.head, int64(get(at, m.Aux, true)), 10)
	case CharArray, StringPtr:
		s.head = append(s.head, '"')
		s.text, s.limit, s.tail = at, noLimit, `"`
		if m.Type == CharArray {
			s.limit = int(min(m.Aux, noLimit))
		}
	case List, ChildPtr:
		return w.nested(s, l, m, at)
	}
	return nil
}

// schema opens the outermost struct.
func (w *Writer) schema(s *step, l *level, m *Map) error {
	if w.Sp != 0 {
		return errInner
	}
	s.head = w.line(append(s.head, '{'), 0)
	inner := level{Map: m.ChildMap, MapEntries: m.ChildMapSize, Size: m.Aux, Obj: l.Obj, Idt: 1}
	if w.Flags&OmitSchema == 0 {
		s.head = append(s.head, `"schema":`...)
		if w.Flags&Pretty != 0 {
			s.head = append(s.head, ' ')
		}
		s.head = append(append(append(s.head, '"'), cBytes(m.ColName, noLimit)...), '"')
		inner.Subsequent = 1
	}
	s.done = func() { w.Sp = 1; w.St[1] = inner }
	return nil
}

// nested opens a list with its first struct, or the one struct that a pointer leads to.
func (w *Writer) nested(s *step, l *level, m *Map, at unsafe.Pointer) error {
	if int(w.Sp)+1 >= len(w.St) {
		return errDeep
	}
	inner := level{Map: m.ChildMap, MapEntries: m.ChildMapSize, Size: m.Aux, Obj: at, Idt: l.Idt + 2}
	var first *node
	if m.Type == List {
		first = (*owner)(at).Head
		inner.Obj = unsafe.Add(unsafe.Pointer(first), -int(m.OfsCList))
		s.head = w.line(append(s.head, '['), inner.Idt)
	}
	s.head = w.line(append(s.head, '{'), inner.Idt)
	s.done = func() {
		l.Subsequent, l.DLLPos = 1, first
		w.Sp++
		w.St[w.Sp] = inner
	}
	return nil
}

// closes is the end of a level's members.
func (w *Writer) closes(s *step) {
	if w.Sp == 0 {
		s.done = func() { w.Flags |= done }
		return
	}
	l := &w.St[w.Sp-1]
	var m *Map
	if l.Map != nil && l.MapEntry < l.MapEntries {
		m = &members(l.Map, l.MapEntries)[l.MapEntry]
	}
	s.head = append(w.line(s.head, l.Idt), '}')
	switch {
	case m == nil || m.Type == Schema:
		s.head = w.line(s.head, l.Idt)
		s.done = func() { w.Flags |= done }
		return
	case m.Type == List && l.DLLPos != nil && l.DLLPos.Next != nil:
		following, inner := l.DLLPos.Next, &w.St[w.Sp]
		s.head = w.line(append(s.head, ','), l.Idt)
		s.head = w.line(append(s.head, '{'), inner.Idt)
		s.done = func() {
			l.DLLPos = following
			inner.Obj = unsafe.Add(unsafe.Pointer(following), -int(m.OfsCList))
			inner.MapEntry, inner.Subsequent = 0, 0
		}
		return
	case m.Type == List:
		s.head = append(w.line(s.head, l.Idt), ']')
	}
	s.done = func() { w.Sp--; l.MapEntry++ }
}
