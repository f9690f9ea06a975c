// SPDX-License-Identifier: MIT

// Package structjson goes between JSON and a program's C structs, which the
// program describes by maps of their members. It works on the memory of the
// public structs of lws-struct.h, and puts what it makes into an lwsac.
package structjson

import (
	"unsafe"

	"libwebsockets/impl/text/lejp"
)

// Kind is the type of a mapped member (enum lws_struct_map_type_eum).
type Kind uint32

// The kinds.
const (
	Signed Kind = iota
	Unsigned
	Boolean
	CharArray
	StringPtr
	List
	ChildPtr
	Schema
	BlobPtr
)

// Map describes one member (struct lws_struct_map).
type Map struct {
	ColName      unsafe.Pointer // its name in JSON
	ChildMap     *Map
	LejpCB       unsafe.Pointer // who parses the child; nil: Default
	Ofs          uintptr        // of the member
	Aux          uintptr        // its size, or that of the child struct
	OfsCList     uintptr        // of the node in a child that is on a list
	ChildMapSize uintptr        // entries of ChildMap
	Type         Kind
	_            [4]byte
}

func (m *Map) name() string { return cString(m.ColName) }

// members are n entries at m.
func members(m *Map, n uintptr) []Map {
	if m == nil {
		return nil
	}
	return unsafe.Slice(m, n)
}

func (m *Map) children() []Map { return members(m.ChildMap, m.ChildMapSize) }

// owner is a list (struct lws_dll2_owner).
type owner struct {
	Tail, Head *node
	Count      uint32
	_          [4]byte
}

// node is a place on a list (struct lws_dll2).
type node struct {
	Prev, Next *node
	Owner      *owner
}

func (o *owner) add(n *node) {
	if n.Owner != nil {
		return
	}
	n.Prev, n.Next, n.Owner = o.Tail, nil, o
	if o.Tail != nil {
		o.Tail.Next = n
	} else {
		o.Head = n
	}
	o.Tail = n
	o.Count++
}

// Args is what the program gives a parse (struct lws_struct_args).
type Args struct {
	MapSt           [lejp.MaxParsers]*Map // the map in use at each level
	CB              unsafe.Pointer        // told of each value
	AC              unsafe.Pointer        // what was made
	CBArg           unsafe.Pointer
	Dest            unsafe.Pointer // the outermost struct
	DestLen         uintptr
	TopLevelDll2Ofs uintptr
	MapEntriesSt    [lejp.MaxParsers]uintptr
	ACBlockSize     uintptr
	SubType         int32
	TopSchemaIndex  int32
	ACChunks        unsafe.Pointer // the pieces of a string so far
	ChunksOwner     owner
	ChunksLength    uintptr
}

// chunk is a piece of a string (struct lejp_collation).
type chunk struct {
	Chunks node
	Len    int32
	Buf    [lejp.ChunkSize + 1]byte
}

// cBytes is the C string at p, in place, or limit bytes of it.
func cBytes(p unsafe.Pointer, limit int) []byte {
	if p == nil {
		return nil
	}
	n := 0
	for n < limit && *(*byte)(unsafe.Add(p, n)) != 0 {
		n++
	}
	return unsafe.Slice((*byte)(p), n)
}

const noLimit = 1<<31 - 1

func cString(p unsafe.Pointer) string { return string(cBytes(p, noLimit)) }

// is tells whether the C string at p says what name does.
func is(p unsafe.Pointer, name []byte) bool {
	return p != nil && string(cBytes(p, len(name)+1)) == string(name)
}

// get is the integer of size bytes at p.
func get(p unsafe.Pointer, size uintptr, signed bool) uint64 {
	switch {
	case size == 1 && signed:
		return uint64(*(*int8)(p))
	case size == 1:
		return uint64(*(*uint8)(p))
	case size == 2 && signed:
		return uint64(*(*int16)(p))
	case size == 2:
		return uint64(*(*uint16)(p))
	case size == 4 && signed:
		return uint64(*(*int32)(p))
	case size == 4:
		return uint64(*(*uint32)(p))
	case size >= 8:
		return *(*uint64)(p)
	}
	return 0
}

// set writes v there, cut to size.
func set(p unsafe.Pointer, size uintptr, v uint64) {
	switch {
	case size == 1:
		*(*uint8)(p) = uint8(v)
	case size == 2:
		*(*uint16)(p) = uint16(v)
	case size == 4:
		*(*uint32)(p) = uint32(v)
	case size >= 8:
		*(*uint64)(p) = v
	}
}

// number is the one that the text begins with, as atoll reads it.
func number(text []byte) uint64 {
	for len(text) > 0 && (text[0] == ' ' || text[0] >= '\t' && text[0] <= '\r') {
		text = text[1:]
	}
	minus := len(text) > 0 && text[0] == '-'
	if minus || len(text) > 0 && text[0] == '+' {
		text = text[1:]
	}
	limit := uint64(1<<63 - 1)
	if minus {
		limit++
	}
	var v uint64
	for _, c := range text {
		if c < '0' || c > '9' {
			break
		}
		d := uint64(c - '0')
		if v > (limit-d)/10 {
			v = limit
			break
		}
		v = v*10 + d
	}
	if minus {
		return -v
	}
	return v
}
