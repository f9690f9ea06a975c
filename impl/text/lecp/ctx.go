// SPDX-License-Identifier: MIT

// Package lecp reads and writes CBOR (RFC 8949). Both the streaming parser and
// the writer work on the memory of the program's public structs, lecp_ctx and
// lws_lec_pctx.
package lecp

import (
	"unsafe"

	"libwebsockets/impl/text/pathmatch"
)

// The sizes of the public struct.
const (
	maxParsers = 5
	maxDepth   = 12
	maxIndex   = 8
	maxPath    = 128
	chunkSize  = 254
	rawSize    = 64
)

// Major types, in the upper three bits of an item's first byte.
const (
	majorUint  = 0 << 5
	majorNeg   = 1 << 5
	majorBytes = 2 << 5
	majorText  = 3 << 5
	majorArray = 4 << 5
	majorMap   = 5 << 5
	majorTag   = 6 << 5
	majorFloat = 7 << 5
	majorMask  = 7 << 5
)

// The lower five bits.
const (
	minorFalse     = 20
	minorTrue      = 21
	minorNull      = 22
	minorUndefined = 23
	minor1         = 24 // the number is in the next byte
	minor2         = 25
	minor4         = 26
	minor8         = 27
	minorReserved  = 28
	indefinite     = 31
	minorMask      = 0x1f
)

const breakByte = majorFloat | indefinite

// Item is a number (struct lecp_item); the union is its first 8 bytes.
type Item struct {
	U     uint64
	Major uint8
}

// Level is one level of nesting (struct _lecp_stack): the item in progress
// there. What it is made of is on the next level.
type Level struct {
	State      uint8
	PathLen    uint8
	_          uint8
	Indefinite uint8
	InString   uint8 // a string inside of it has begun
	AtEnd      Reason
	Tag        uint64
	Remaining  uint64 // bytes of a head or string, items of a container
	Ordinal    uint32 // items that have ended
	Major      uint8
	NewElement uint8 // what comes next is another element of the array
	Barrier    uint8 // the lowest one of Subtree
}

// Receiver is who gets the events (struct _lecp_parsing_stack).
type Receiver struct {
	User       unsafe.Pointer
	Callback   unsafe.Pointer // the C function, called by Invoke
	Paths      unsafe.Pointer // C array of pointers to C strings
	CountPaths uint8
	PathLen    uint8
	_          uint8
}

// Ctx has the layout of struct lecp_ctx. It is the program's memory.
type Ctx struct {
	User         unsafe.Pointer
	_            unsafe.Pointer
	Receivers    [maxParsers]Receiver
	Levels       [maxDepth]Level
	Indexes      [maxIndex]uint16
	Wild         [maxIndex]uint16
	Path         [maxPath]byte
	Raw          [rawSize]byte
	Item         Item
	PathStride   uintptr // bytes from a path pointer to the next, 0 = 8
	UsedIn       uintptr
	_            uint16
	NPos         uint8 // length of the string in Buf
	_            [2]uint8
	SP           uint8 // the level in Levels
	IPos         uint8 // array indexes in use
	_            uint8
	PathMatch    uint8 // which path matches, from 1, or 0
	PathMatchLen uint8
	WildCount    uint8
	ReceiverSP   uint8
	_            uint8
	RawLen       uint8
	ReportRaw    uint8
	Present      Reason // of the number in progress
	BigEndian    uint8
	Buf          [chunkSize + 1]byte
}

// Reason is why the callback is called (enum lecp_callbacks).
type Reason int8

const isValue = 64

// The reasons.
const (
	Constructed  Reason = 0
	Destructed   Reason = 1
	Failed       Reason = 4
	ValTrue      Reason = isValue | 6
	ValFalse     Reason = isValue | 7
	ValNull      Reason = isValue | 8
	ValNumInt    Reason = isValue | 9
	ValStrStart  Reason = 11
	ValStrChunk  Reason = isValue | 12
	ValStrEnd    Reason = isValue | 13
	ArrayStart   Reason = 14
	ArrayEnd     Reason = 15
	ObjectStart  Reason = 16
	ObjectEnd    Reason = 17
	TagStart     Reason = 18
	TagEnd       Reason = 19
	ValNumUint   Reason = isValue | 20
	ValUndefined Reason = isValue | 21
	ValFloat16   Reason = isValue | 22
	ValFloat32   Reason = isValue | 23
	ValFloat64   Reason = isValue | 24
	ValSimple    Reason = isValue | 25
	ValBlobStart Reason = 26
	ValBlobChunk Reason = isValue | 27
	ValBlobEnd   Reason = isValue | 28
	ElementStart Reason = 29
	ElementEnd   Reason = 30
	LiteralCBOR  Reason = 31
)

// blob makes a text's reason that of a byte string.
const blob = ValBlobEnd - ValStrEnd

// Results of Parse (enum lecp_reasons).
const (
	done            = 0
	Continue        = -1
	rejectBadCoding = -2
	rejectCallback  = -4
	StackOverflow   = -5
)

// Invoke calls the C function callback with c and why, and returns what it
// returned. It may call back into this package with the same c.
type Invoke func(c *Ctx, callback unsafe.Pointer, why Reason) int8

// Construct prepares c and tells the callback so. paths is a C array of count
// pointers, or nil with 0.
func Construct(c *Ctx, callback, user, paths unsafe.Pointer, count uint8,
	call Invoke) {
	*c = Ctx{User: user}
	c.Receivers[0] = Receiver{Callback: callback, Paths: paths, CountPaths: count}
	one := uint16(1)
	c.BigEndian = 1 - *(*uint8)(unsafe.Pointer(&one))
	call(c, callback, Constructed)
}

// Destruct tells the callback that c is done with. c owns nothing.
func Destruct(c *Ctx, call Invoke) {
	if callback := c.Receivers[0].Callback; callback != nil {
		call(c, callback, Destructed)
	}
}

// ChangeCallback replaces the callback. The old one gets Destructed, the new
// one Constructed.
func ChangeCallback(c *Ctx, callback unsafe.Pointer, call Invoke) {
	Destruct(c, call)
	c.Receivers[0].Callback = callback
	call(c, callback, Constructed)
}

// ReportRaw begins or ends the report of the input as it is.
func ReportRaw(c *Ctx, on uint8, call Invoke) {
	c.ReportRaw = on
	r := run{c, call}
	r.flushRaw()
}

// IsKey tells whether the item in progress is a key of a map.
func IsKey(c *Ctx) bool {
	p := c.parent()
	return p != nil && p.Major == majorMap && p.Ordinal&1 == 0
}

// Subtree parses input as if it stood where the parser is.
func Subtree(c *Ctx, input []byte, call Invoke) int {
	if int(c.SP)+1 >= maxDepth {
		return StackOverflow
	}
	c.SP++
	at := c.SP
	c.Levels[at] = Level{PathLen: c.Levels[at-1].PathLen, Barrier: 1}
	res := Parse(c, input, call)
	c.SP = at - 1
	return res
}

// receiver, level and parent look at the program's memory: it may hold
// anything.
func (c *Ctx) receiver() *Receiver {
	return &c.Receivers[min(c.ReceiverSP, maxParsers-1)]
}

func (c *Ctx) level() *Level { return &c.Levels[min(c.SP, maxDepth-1)] }

func (c *Ctx) parent() *Level {
	if c.SP == 0 {
		return nil
	}
	return &c.Levels[min(c.SP, maxDepth-1)-1]
}

// setPathLen cuts the path.
func (c *Ctx) setPathLen(n uint8) {
	n = min(n, maxPath-1)
	c.receiver().PathLen = n
	c.Path[n] = 0
}

// appendPath is false if the path would be too long.
func (c *Ctx) appendPath(s []byte) bool {
	n := int(c.receiver().PathLen)
	if n+len(s) >= maxPath {
		return false
	}
	copy(c.Path[n:], s)
	c.setPathLen(uint8(n + len(s)))
	return true
}

// checkPathMatch looks for the first path that matches, unless one has.
func (c *Ctx) checkPathMatch() {
	if c.PathMatch != 0 {
		return
	}
	p := c.receiver()
	for n := range int(p.CountPaths) {
		pattern := pathmatch.Pattern(p.Paths, n, c.PathStride)
		wild, ok := pathmatch.Match(c.Path[:], pattern, c.Wild[:])
		c.WildCount = wild
		if ok {
			c.PathMatch = uint8(n + 1)
			c.PathMatchLen = p.PathLen
			return
		}
	}
	c.WildCount = 0
}
