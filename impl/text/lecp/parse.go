// SPDX-License-Identifier: MIT

package lecp

import "unsafe"

// A level's state.
const (
	stOpcode  = 0 // before an item
	stCollect = 1 // in the number of its head
	stSimple  = 2 // before the number of a simple value
	stString  = 3 // in the bytes of a string
	stChunk   = 4 // before a piece of a string of indefinite length
)

// quietly is added to a result that the callback is not told of.
const quietly = -100

// run is one Parse.
type run struct {
	*Ctx
	invoke Invoke
}

// Parse takes the next piece of the input. It returns 0 if it ends with an
// item, Continue if that goes on, or the reason of the refusal.
func Parse(c *Ctx, input []byte, call Invoke) int {
	r := run{c, call}
	for n := 0; n < len(input); {
		taken, res := 1, done
		switch {
		case c.ReportRaw != 0 && !r.keepRaw(input[n]):
			res = rejectCallback
		case r.level().State == stString:
			rest := input[n:]
			if c.ReportRaw != 0 {
				rest = rest[:1]
			}
			taken, res = r.str(rest)
		default:
			res = r.take(input[n])
		}
		if res < quietly {
			return res - quietly
		}
		if res != done {
			r.call(Failed)
			return res
		}
		n += taken
	}
	c.UsedIn = uintptr(len(input)) + 1 // as the reference counts
	if c.SP == 0 && c.Levels[0].State == stOpcode {
		return done
	}
	return Continue
}

func (r *run) call(why Reason) bool {
	return r.invoke(r.Ctx, r.receiver().Callback, why) == 0
}

// emit is the result of a callback that may refuse.
func (r *run) emit(why Reason) int {
	if !r.call(why) {
		return rejectCallback
	}
	return done
}

func (r *run) keepRaw(b byte) bool {
	if r.RawLen >= rawSize && !r.flushRaw() { // it was refused before
		return false
	}
	r.Raw[r.RawLen] = b
	r.RawLen++
	return r.RawLen < rawSize || r.flushRaw()
}

func (r *run) flushRaw() bool {
	if r.RawLen != 0 {
		if !r.call(LiteralCBOR) {
			return false
		}
		r.RawLen = 0
	}
	return true
}

func (r *run) take(b byte) int {
	switch r.level().State {
	case stOpcode:
		return r.opcode(b)
	case stCollect:
		return r.collect(b)
	case stSimple:
		return r.simple(b)
	}
	return r.chunk(b)
}

// opcode takes the first byte of an item.
func (r *run) opcode(b byte) int {
	l, major, minor := r.level(), b&majorMask, b&minorMask
	l.Major, r.Item.Major = major, major
	l.Indefinite, l.InString, l.Remaining = 0, 0, 0
	if p := r.parent(); p != nil && p.NewElement != 0 && b != breakByte {
		p.NewElement = 0
		if !r.call(ElementStart) {
			return rejectCallback
		}
	}
	res := done
	switch major {
	case majorUint:
		r.Present = ValNumUint
	case majorNeg:
		r.Present = ValNumInt
	case majorBytes, majorText:
		r.emptyBuf()
	case majorArray:
		res = r.array()
	case majorMap:
		res = r.mapped()
	case majorFloat:
		return r.special(minor)
	}
	switch {
	case res != done:
		return res
	case minor < minor1:
		return r.head(uint64(minor))
	case minor < minorReserved:
		return r.collectNumber(minor)
	case minor == indefinite && major >= majorBytes && major <= majorMap:
		return r.endless()
	}
	return rejectBadCoding
}

func (r *run) emptyBuf() {
	r.NPos = 0
	r.Buf[0] = 0
}

// special takes what is neither number, string nor container.
func (r *run) special(minor byte) int {
	switch minor {
	case minorFalse:
		r.Present = ValFalse
	case minorTrue:
		r.Present = ValTrue
	case minorNull:
		r.Present = ValNull
	case minorUndefined:
		r.Present = ValUndefined
	case minor1:
		r.level().State = stSimple
		return done
	case minor2:
		r.Present = ValFloat16
		return r.collectNumber(minor)
	case minor4:
		r.Present = ValFloat32
		return r.collectNumber(minor)
	case minor8:
		r.Present = ValFloat64
		return r.collectNumber(minor)
	case indefinite:
		return r.breakCode()
	default:
		if minor >= minorReserved {
			return rejectBadCoding
		}
		r.Item.U = uint64(minor)
		r.Present = ValSimple
	}
	return r.scalar()
}

// scalar reports the number and ends its item.
func (r *run) scalar() int {
	if !r.call(r.Present) {
		return rejectCallback
	}
	r.completed(false)
	return done
}

// simple takes a simple value's number. The values of one byte may not be
// written with two (RFC 8949 §3.3).
func (r *run) simple(b byte) int {
	if b <= indefinite {
		return rejectBadCoding
	}
	r.Item.U = uint64(b)
	r.Present = ValSimple
	return r.scalar()
}

func (r *run) collectNumber(minor byte) int {
	l := r.level()
	l.State = stCollect
	l.Remaining = 1 << (minor - minor1)
	r.Item.U = 0
	return done
}

func (r *run) collect(b byte) int {
	l := r.level()
	r.Item.U = r.Item.U<<8 | uint64(b)
	l.Remaining = max(l.Remaining, 1) - 1
	if l.Remaining != 0 {
		return done
	}
	r.emptyBuf()
	if l.Major != majorFloat {
		return r.head(r.Item.U)
	}
	u := unsafe.Pointer(&r.Item.U)
	switch r.Present {
	case ValFloat16:
		*(*uint16)(u) = uint16(r.Item.U)
	case ValFloat32:
		*(*uint32)(u) = uint32(r.Item.U)
	}
	return r.scalar()
}

// head goes on behind a head with the number n.
func (r *run) head(n uint64) int {
	l := r.level()
	r.Item.U = n
	switch l.Major {
	case majorNeg:
		r.Item.U = ^n
	case majorBytes, majorText:
		return r.beginString(n)
	case majorArray:
		if n == 0 {
			return r.emptyContainer(ArrayEnd)
		}
		l.NewElement = 1
		l.Remaining = n
		return r.push(ArrayEnd, stOpcode)
	case majorMap:
		if n == 0 {
			return r.emptyContainer(ObjectEnd)
		}
		if n > n<<1 {
			return StackOverflow
		}
		l.Remaining = n * 2
		return r.push(ObjectEnd, stOpcode)
	case majorTag:
		return r.tag(n)
	}
	return r.scalar()
}

// endless goes on behind a head of indefinite length.
func (r *run) endless() int {
	l := r.level()
	l.Indefinite = 1
	switch l.Major {
	case majorArray:
		l.NewElement = 1
		return r.push(ArrayEnd, stOpcode)
	case majorMap:
		return r.push(ObjectEnd, stOpcode)
	}
	if res := r.startString(); res != done {
		return res
	}
	l.PathLen = r.receiver().PathLen
	return r.push(stringReason(l, ValStrEnd), stChunk)
}

func (r *run) array() int {
	r.emptyBuf()
	l, p := r.level(), r.receiver()
	if int(p.PathLen)+3 >= maxPath {
		return StackOverflow
	}
	l.PathLen = p.PathLen
	r.appendPath([]byte("[]"))
	r.checkPathMatch()
	if int(r.IPos)+1 >= maxIndex {
		return StackOverflow
	}
	r.Indexes[r.IPos] = 0
	r.IPos++
	return r.emit(ArrayStart)
}

func (r *run) mapped() int {
	r.emptyBuf()
	l := r.level()
	n := r.receiver().PathLen
	if !r.appendPath([]byte(".")) {
		return StackOverflow
	}
	l.PathLen = n
	if l.Ordinal&1 != 0 { // of an array that was here: keys are the even ones
		l.Ordinal = 0
	}
	r.checkPathMatch()
	return r.emit(ObjectStart)
}

func (r *run) emptyContainer(end Reason) int {
	if !r.call(end) {
		return rejectCallback
	}
	r.setPathLen(r.level().PathLen)
	if end == ArrayEnd && r.IPos > 0 {
		r.IPos--
	}
	r.checkPathMatch()
	r.completed(false)
	return done
}

func (r *run) tag(n uint64) int {
	l := r.level()
	l.Tag = n
	l.PathLen = r.receiver().PathLen
	if int(r.SP)+1 >= maxDepth {
		return quietly + StackOverflow
	}
	if !r.call(TagStart) {
		return quietly + rejectCallback
	}
	return r.push(TagEnd, stOpcode)
}

// push begins what the item is made of; end is reported behind it.
func (r *run) push(end Reason, state uint8) int {
	if int(r.SP)+1 >= maxDepth {
		return StackOverflow
	}
	l := r.level()
	l.AtEnd = end
	r.SP++
	*r.level() = Level{State: state, PathLen: l.PathLen, Tag: l.Tag, Major: l.Major}
	return done
}

// pop is false if the callback refused, which ends the walk of completed.
func (r *run) pop() bool {
	r.SP--
	l := r.level()
	l.State = stOpcode
	if l.AtEnd == ArrayEnd && r.IPos > 0 {
		r.IPos--
	}
	r.setPathLen(l.PathLen)
	r.checkPathMatch()
	return r.call(l.AtEnd)
}

// completed ends the item of this level, with it those that it was the last
// one of. byBreak: not the item ended, but what it would have been part of.
func (r *run) completed(byBreak bool) {
	index := int(min(r.IPos, maxIndex))
	r.level().State = stOpcode
	for r.SP != 0 && r.level().Barrier == 0 {
		p := r.parent()
		p.Ordinal++
		if p.Major == majorArray && index > 0 {
			index--
			r.Indexes[index]++
			if p.NewElement == 0 {
				if !r.call(ElementEnd) {
					return
				}
				p.NewElement = 1
			}
		}
		if p.Indefinite != 0 && !byBreak {
			return
		}
		if p.Indefinite == 0 && p.Remaining > 0 {
			if p.Remaining--; p.Remaining > 0 {
				return
			}
		}
		if !r.pop() {
			return
		}
		byBreak = false
	}
}

// breakCode ends what has an indefinite length; in a map not behind a key.
func (r *run) breakCode() int {
	p := r.parent()
	if p == nil || p.Indefinite == 0 || r.level().Barrier != 0 ||
		p.Major == majorMap && p.Ordinal&1 != 0 {
		return rejectBadCoding
	}
	r.completed(true)
	return done
}

func isString(l *Level) bool {
	return l.Major == majorBytes || l.Major == majorText
}

func stringReason(l *Level, why Reason) Reason {
	if l.Major == majorBytes {
		why += blob
	}
	return why
}

// inChunk: the string is a piece of one of indefinite length.
func (r *run) inChunk() bool {
	p := r.parent()
	return p != nil && p.Indefinite != 0 && isString(p)
}

// startString reports a string's begin, but not for all pieces.
func (r *run) startString() int {
	if p := r.parent(); p != nil && p.InString != 0 {
		return done
	}
	return r.emit(stringReason(r.level(), ValStrStart))
}

func (r *run) beginString(n uint64) int {
	l := r.level()
	if n == 0 && r.inChunk() {
		l.State = stChunk
		return done
	}
	if res := r.startString(); res != done {
		return res
	}
	if n == 0 {
		if !r.call(stringReason(l, ValStrEnd)) {
			return rejectCallback
		}
		r.completed(false)
		return done
	}
	l.Remaining = n
	l.State = stString
	return done
}

// chunk takes the first byte of a piece of a string of indefinite length: a
// string of known length and the same type (RFC 8949 §3.2.3).
func (r *run) chunk(b byte) int {
	l := r.level()
	minor := b & minorMask
	switch {
	case b == breakByte:
		return r.breakCode()
	case b&majorMask != l.Major || minor >= minorReserved:
		return rejectBadCoding
	case minor >= minor1:
		return r.collectNumber(minor)
	}
	r.Item.U = uint64(minor)
	if l.Remaining = uint64(minor); minor != 0 {
		l.State = stString
	}
	return done
}

// str takes bytes of a string and reports them where Buf is full or the
// string ends.
func (r *run) str(in []byte) (taken, res int) {
	l := r.level()
	n := min(uint64(len(in)), l.Remaining, uint64(chunkSize-min(r.NPos, chunkSize)))
	copy(r.Buf[min(r.NPos, chunkSize):], in[:n])
	r.NPos = min(r.NPos, chunkSize) + uint8(n)
	l.Remaining -= n
	if r.NPos < chunkSize && l.Remaining > 0 {
		return int(n), done
	}
	return int(n), r.spill()
}

func (r *run) spill() int {
	l, p, inChunk := r.level(), r.parent(), r.inChunk()
	r.Buf[r.NPos] = 0
	if IsKey(r.Ctx) && !r.keyPath() {
		return StackOverflow
	}
	why, inString := stringReason(l, ValStrEnd), uint8(0)
	if l.Remaining > 0 || inChunk {
		why, inString = why-1, 1
	}
	if p != nil {
		p.InString = inString
	}
	if !r.call(why) {
		return rejectCallback
	}
	r.emptyBuf()
	switch {
	case l.Remaining > 0:
	case inChunk:
		l.State = stChunk
	default:
		r.completed(false)
	}
	return done
}

// keyPath puts a key into the path: behind the '.' where it is the first one
// here, else where the level's last path ended, as the reference does.
func (r *run) keyPath() bool {
	l := r.level()
	if r.parent().Ordinal != 0 {
		r.setPathLen(l.PathLen)
	}
	l.PathLen = r.receiver().PathLen
	ok := r.appendPath(r.Buf[:r.NPos])
	r.checkPathMatch()
	return ok
}
