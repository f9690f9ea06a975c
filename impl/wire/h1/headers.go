package h1

import (
	"errors"
	"fmt"
	"strings"
	"unsafe"
)

// DefaultLimit is the space for one message's header values, in bytes, when the
// program sets none (max_http_header_data).
const DefaultLimit = 4096

// maxFragments is how many values (of known headers and URI arguments) one message
// can have; slot 0 means "absent".
const maxFragments = int(TokenCount)

// customOverhead is what an unknown header costs of the limit besides its bytes.
const customOverhead = 8

// ErrTooLarge says that a message's header does not fit the limit, ErrTargetTooLarge
// that the request line alone does not; errors.Is takes it for the former too.
var (
	ErrTooLarge       = errors.New("h1: header too large")
	ErrTargetTooLarge = fmt.Errorf("h1: request line too large: %w", ErrTooLarge)
)

type fragment struct {
	off, n uint32
	next   uint8
}

type customField struct {
	name, value, valueLen uint32 // offsets into buf; the name ends at value
	nameLen               uint32
}

// Headers holds the header values of one message (the "ah" of the reference). A
// header that comes several times has several fragments. Every value is followed
// by a NUL in the store, so that its address can be given to C.
//
// The zero value is empty and has [DefaultLimit]. A Headers that is reused after
// [Headers.Reset] does not allocate. It is not safe for concurrent use.
type Headers struct {
	buf    []byte
	line   []byte // a line that has not come completely
	custom []customField
	frags  [maxFragments]fragment
	first  [TokenCount]uint8
	last   [TokenCount]uint8
	nfrag  uint8
	fixed  bool
	limit  int
	joints *Joints
	dss    bool

	keepTarget bool
	target     []byte // as it came
}

// KeepTarget has the request target kept as it came, for who passes it on.
func (h *Headers) KeepTarget(on bool) { h.keepTarget = on }

// Target is the request target as it came, nil where it was not kept.
func (h *Headers) Target() []byte { return h.target }

// KnowDSS has TokenDSSSignature found by its name.
func (h *Headers) KnowDSS(on bool) { h.dss = on }

// TokenOf finds the token of a field name (without colon), in any case.
func (h *Headers) TokenOf(name []byte) (Token, bool) {
	t, ok := TokenFromName(name)
	return t, ok && (t != TokenDSSSignature || h.dss)
}

// Joints are what Copy puts between the fragments of a header where it is not a comma:
// 0 is nothing, as they bring their own.
type Joints struct{ Args, Cookies, SetCookies byte }

var commas = Joints{Args: ',', SetCookies: ','}

// Join sets them. Without them only cookies are joined by nothing.
func (h *Headers) Join(j *Joints) { h.joints = j }

func (h *Headers) joint(t Token) byte {
	j := h.joints
	if j == nil {
		j = &commas
	}
	switch t {
	case TokenHTTPURIArgs:
		return j.Args
	case TokenHTTPCookie:
		return j.Cookies
	case TokenHTTPSetCookie:
		return j.SetCookies
	}
	return ','
}

// Reset forgets all values and keeps the memory.
func (h *Headers) Reset() {
	h.buf = h.buf[:0]
	h.line = h.line[:0]
	h.custom = h.custom[:0]
	h.first = [TokenCount]uint8{}
	h.nfrag = 0
	h.target = nil
}

// SetLimit sets the space for values in bytes; 0 or less means [DefaultLimit].
func (h *Headers) SetLimit(n int) {
	if n <= 0 {
		n = DefaultLimit
	}
	if h.fixed {
		n = min(n, cap(h.buf))
	}
	h.limit = n
}

// UseStore makes mem, which must be unused and outlive h's use of it, the place
// of the values. It never grows or moves, so pointers into it may go to C. It
// resets h.
func (h *Headers) UseStore(mem []byte) {
	h.Reset()
	h.buf = mem[:0:len(mem)]
	h.fixed = true
	h.SetLimit(len(mem))
}

// Store is the memory that UseStore gave, nil without it.
func (h *Headers) Store() unsafe.Pointer {
	if !h.fixed {
		return nil
	}
	return unsafe.Pointer(unsafe.SliceData(h.buf))
}

// room tells whether n more bytes fit.
func (h *Headers) room(n int) bool {
	if h.limit == 0 {
		h.SetLimit(0)
	}
	return len(h.buf)+customOverhead*len(h.custom)+n <= h.limit
}

// begin starts a new fragment of t at the end of the store.
func (h *Headers) begin(t Token) error {
	if int(h.nfrag)+1 >= maxFragments {
		return ErrTooLarge
	}
	h.nfrag++
	h.frags[h.nfrag] = fragment{off: uint32(len(h.buf))}
	if h.first[t] == 0 {
		h.first[t] = h.nfrag
	} else {
		h.frags[h.last[t]].next = h.nfrag
	}
	h.last[t] = h.nfrag
	return nil
}

// end closes the newest fragment: what was stored since begin is its value.
func (h *Headers) end() error {
	if !h.room(1) {
		return ErrTooLarge
	}
	f := &h.frags[h.nfrag]
	f.n = uint32(len(h.buf)) - f.off
	h.buf = append(h.buf, 0)
	return nil
}

// put stores bytes of the newest fragment.
func (h *Headers) put(b []byte) error {
	if !h.room(len(b)) {
		return ErrTooLarge
	}
	h.buf = append(h.buf, b...)
	return nil
}

// Add stores value as a further fragment of t (h2 and synthetic headers). A
// further cookie gets "; " in front, so that joining gives one cookie string
// (RFC 9113 §8.2.3).
func (h *Headers) Add(t Token, value []byte) error {
	again := h.first[t] != 0
	if err := h.begin(t); err != nil {
		return err
	}
	if again && t == TokenHTTPCookie {
		if err := h.put([]byte("; ")); err != nil {
			return err
		}
	}
	if err := h.put(value); err != nil {
		return err
	}
	return h.end()
}

// Set makes value the only one of t; an empty value removes t.
func (h *Headers) Set(t Token, value []byte) error {
	h.first[t] = 0
	if len(value) == 0 {
		return nil
	}
	return h.Add(t, value)
}

// Has tells whether t came, with whatever value.
func (h *Headers) Has(t Token) bool { return h.first[t] != 0 }

// Value is the first fragment of t, nil when absent. It is valid until the next
// Reset, and must not be changed.
func (h *Headers) Value(t Token) []byte { return h.Fragment(t, 0) }

// Fragment is the i-th fragment of t, nil when absent; valid until the next Reset.
func (h *Headers) Fragment(t Token, i int) []byte {
	f := h.find(t, i)
	if f == nil {
		return nil
	}
	return h.buf[f.off : f.off+f.n : f.off+f.n]
}

func (h *Headers) find(t Token, i int) *fragment {
	n := h.first[t]
	for ; i > 0 && n != 0; i-- {
		n = h.frags[n].next
	}
	if n == 0 || i < 0 {
		return nil
	}
	return &h.frags[n]
}

// Raw is the store from the first fragment of t on, [Headers.Total] bytes of it:
// the view that lws_http_get_uri_and_method gives of a method's URI. With one
// fragment it equals Value.
func (h *Headers) Raw(t Token) []byte {
	f := h.find(t, 0)
	if f == nil {
		return nil
	}
	return h.buf[f.off:min(int(f.off)+h.Total(t), len(h.buf))]
}

// Total is the length of all fragments of t joined as by Copy, without the NUL; 0
// when absent (lws_hdr_total_length).
func (h *Headers) Total(t Token) int {
	if f := &h.frags[h.first[t]]; f.next == 0 { // one, or the slot of none, which is empty
		return int(f.n)
	}
	total, joint := 0, h.joint(t)
	for n := h.first[t]; n != 0; n = h.frags[n].next {
		total += int(h.frags[n].n)
		if h.frags[n].next != 0 && joint != 0 {
			total++
		}
	}
	return total
}

// Copy writes all fragments of t, joined by commas or what Join says, and a NUL to dst. It returns the length without the NUL, 0
// when t is absent or empty, -1 when dst is too small (lws_hdr_copy).
func (h *Headers) Copy(dst []byte, t Token) int {
	total := h.Total(t)
	if len(dst) > 0 {
		dst[0] = 0
	}
	if total == 0 {
		return 0
	}
	if total >= len(dst) {
		return -1
	}
	at, joint := 0, h.joint(t)
	for n := h.first[t]; n != 0; n = h.frags[n].next {
		f := &h.frags[n]
		at += copy(dst[at:], h.buf[f.off:f.off+f.n])
		if f.next != 0 && joint != 0 {
			dst[at] = joint
			at++
		}
	}
	dst[at] = 0
	return total
}

// Joined is what Copy writes; it is valid until the next Reset, and must not be changed.
func (h *Headers) Joined(t Token) []byte {
	if h.frags[h.first[t]].next == 0 {
		return h.Value(t)
	}
	b := make([]byte, h.Total(t)+1)
	return b[:h.Copy(b, t)]
}

// FragmentLen is the length of the i-th fragment of t, 0 when absent
// (lws_hdr_fragment_length).
func (h *Headers) FragmentLen(t Token, i int) int { return len(h.Fragment(t, i)) }

// CopyFragment writes the i-th fragment of t and a NUL to dst. It returns the
// length, or -1 when it is absent or dst is too small (lws_hdr_copy_fragment).
func (h *Headers) CopyFragment(dst []byte, t Token, i int) int {
	f := h.find(t, i)
	if f == nil || int(f.n) >= len(dst) {
		return -1
	}
	copy(dst, h.buf[f.off:f.off+f.n])
	dst[f.n] = 0
	return int(f.n)
}

// CopyArg does what lws_get_urlarg_by_name does: arguments are copied to dst one
// after the other until one begins with name; the result is the offset in dst of
// what follows the name. -1: none, or one before it did not fit dst.
func (h *Headers) CopyArg(dst []byte, name string) int {
	for i := 0; ; i++ {
		n := h.CopyFragment(dst, TokenHTTPURIArgs, i)
		if n < 0 {
			return -1
		}
		if n >= len(name) && string(dst[:len(name)]) == name {
			return len(name)
		}
	}
}

// CopyArgValue does what lws_get_urlarg_by_name_safe does: CopyArg, but that an
// argument that leaves no byte to spare is passed over, that a '=' behind name is left
// out, and that the value is moved to the beginning. The result is its length.
func (h *Headers) CopyArgValue(dst []byte, name string) int {
	for i := 0; ; i++ {
		n := h.CopyFragment(dst, TokenHTTPURIArgs, i)
		if n < 0 {
			return -1
		}
		at := len(name)
		if n+1 >= len(dst) || n < at || string(dst[:at]) != name {
			continue
		}
		if !strings.HasSuffix(name, "=") && at < n && dst[at] == '=' {
			at++
		}
		copy(dst, dst[at:n+1])
		return n - at
	}
}

// addCustom stores an unknown header: its name with colon in lower case, then value.
func (h *Headers) addCustom(name, value []byte) error {
	if !h.room(customOverhead + len(name) + 2 + len(value)) {
		return ErrTooLarge
	}
	c := customField{name: uint32(len(h.buf)), nameLen: uint32(len(name)) + 1, valueLen: uint32(len(value))}
	for _, b := range name {
		h.buf = append(h.buf, lowerTchar[b])
	}
	h.buf = append(h.buf, ':')
	c.value = uint32(len(h.buf))
	h.buf = append(append(h.buf, value...), 0)
	h.custom = append(h.custom, c)
	return nil
}

// Custom is the value of the first unknown header of that name (lower case with
// colon, compared exactly as lws_hdr_custom_length does); valid until Reset.
func (h *Headers) Custom(name string) (value []byte, ok bool) {
	for i := range h.custom {
		c := &h.custom[i]
		if string(h.buf[c.name:c.name+c.nameLen]) == name {
			return h.buf[c.value : c.value+c.valueLen : c.value+c.valueLen], true
		}
	}
	return nil, false
}

// EachCustom calls f with the name (lower case, with colon) of each unknown
// header, in order; valid until Reset.
func (h *Headers) EachCustom(f func(name []byte)) {
	for i := range h.custom {
		c := &h.custom[i]
		f(h.buf[c.name : c.name+c.nameLen])
	}
}

// CustomLen is the length of an unknown header's value, -1 when absent.
func (h *Headers) CustomLen(name string) int {
	v, ok := h.Custom(name)
	if !ok {
		return -1
	}
	return len(v)
}

// CustomCopy writes an unknown header's value and a NUL to dst. It returns the
// length, or -1 when it is absent or dst is too small.
func (h *Headers) CustomCopy(dst []byte, name string) int {
	if len(dst) > 0 {
		dst[0] = 0
	}
	v, ok := h.Custom(name)
	if !ok || len(v)+1 > len(dst) {
		return -1
	}
	dst[copy(dst, v)] = 0
	return len(v)
}

// Alias makes t another name for the value of of.
func (h *Headers) Alias(t, of Token) { h.first[t], h.last[t] = h.first[of], h.last[of] }
