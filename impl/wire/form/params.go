package form

import "errors"

// State tells what a file callback is about; the values are those of enum
// lws_spa_fileupload_states.
type State int

// States of a file callback.
const (
	Content      State = iota // a piece of the file
	FinalContent              // its last piece, maybe empty
	Open                      // a file begins
	Close                     // the form is over
)

// ErrStorage says that the values do not fit the storage.
var ErrStorage = errors.New("form: values exceed the storage")

// Params is the [Sink] that keeps wanted values in storage of fixed size and passes
// files on in pieces of at most the storage that is left.
type Params struct {
	// Lookup gives the number of a wanted parameter, -1 for others, whose values
	// are dropped.
	Lookup func(name []byte) int
	// Stored says that value is a value of parameter i. It is never empty, a NUL
	// follows it, and it is a part of the storage.
	Stored func(i int, value []byte) error
	// File, if not nil, gets files: Open, any number of Content, FinalContent. data
	// is a part of the storage, lent for the call. Slices are valid for the call.
	File func(name, filename, data []byte, s State) error
	// Reuse makes every value start at the beginning of the storage again: Stored
	// must copy what is to be kept.
	Reuse bool

	storage  []byte
	start, n int // the current value is storage[start:start+n]
	part     Part
	index    int // of the current parameter, -1: dropped
}

// Init gives p its storage. A kept value takes its length and one byte of it, and
// one byte is never used.
func (p *Params) Init(storage []byte) {
	p.storage, p.start, p.n = storage, 0, 0
}

func (p *Params) isFile() bool { return len(p.part.Filename) > 0 }

// Begin implements [Sink].
func (p *Params) Begin(part *Part) error {
	p.part = Part{
		Name:     append(p.part.Name[:0], part.Name...),
		Filename: append(p.part.Filename[:0], part.Filename...),
	}
	p.n = 0
	if p.isFile() {
		return p.file(Open)
	}
	p.index = p.Lookup(part.Name)
	return nil
}

// file hands the bytes gathered so far to the callback.
func (p *Params) file(s State) error {
	data := p.storage[p.start : p.start+p.n]
	p.n = 0
	if p.File == nil {
		return nil
	}
	return p.File(p.part.Name, p.part.Filename, data, s)
}

// room is how many bytes the current value, or piece of a file, may have.
func (p *Params) room() int {
	n := len(p.storage) - p.start - 1
	if !p.isFile() {
		n-- // the NUL
	}
	return n
}

// Data implements [Sink].
func (p *Params) Data(b []byte) error {
	if !p.isFile() && p.index < 0 {
		return nil
	}
	for len(b) > 0 {
		if p.n >= p.room() {
			if p.n == 0 || !p.isFile() {
				return ErrStorage
			}
			if err := p.file(Content); err != nil {
				return err
			}
		}
		n := copy(p.storage[p.start+p.n:p.start+p.room()], b)
		p.n += n
		b = b[n:]
	}
	return nil
}

// End implements [Sink]. An empty value is as good as none.
func (p *Params) End() error {
	if p.isFile() {
		return p.file(FinalContent)
	}
	if p.n == 0 {
		return nil
	}
	end := p.start + p.n
	p.storage[end] = 0
	value := p.storage[p.start:end]
	if !p.Reuse {
		p.start = end + 1
	}
	return p.Stored(p.index, value)
}
