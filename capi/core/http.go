// SPDX-License-Identifier: MIT

package main

/*
#include "lwsgo.h"
#include <stdlib.h>
#include "lws_private.h"
#include "entry.h"
#include "log.h"
#include "vfs.h"

// What opening and reading say besides the file.
struct fops_said {
	int known;	    // st tells of a real file: 1, there is none: 0, it failed: -1
	struct lwsgo_file_stat st;
	lws_filepos_t got;
};

static inline struct lws_fop_fd *fops_open(struct lws_plat_file_ops *ops, const char *name, unsigned int flags,
					   struct fops_said *said)
{
	lws_fop_flags_t f = flags;
	lwsgo_log_waiting();
	struct lws_fop_fd *fd = lwsgo_file_open(ops, name, &f);
	if (fd && !(fd->flags & LWS_FOP_FLAG_VIRTUAL))
		said->known = lwsgo_file_stat(fd, &said->st) ? -1 : 1;
	return fd;
}
static inline int fops_read(struct lws_fop_fd *fd, struct fops_said *said, void *buf, lws_filepos_t len)
{
	return fd->fops->LWS_FOP_READ(fd, &said->got, buf, len);
}
static inline int fops_seek(struct lws_fop_fd *fd, lws_fileofs_t to)
{
	return fd->fops->LWS_FOP_SEEK_CUR && lws_vfs_file_seek_set(fd, to) == to;
}
static inline void fops_close(struct lws_fop_fd *fd)
{
	fd->fops->LWS_FOP_CLOSE(&fd);
}
*/
import "C"

import (
	"fmt"
	"io"
	"sync"
	"unsafe"

	"libwebsockets/impl/client"
	"libwebsockets/impl/engine"
	"libwebsockets/impl/httpd"
	"libwebsockets/impl/role/h1"
	"libwebsockets/impl/role/h2"
	wire "libwebsockets/impl/wire/h1"
)

func sendFD(fd int, pos *int64, socket int, n int64) int {
	return int(C.lwsgo_fd_send(C.int(fd), (*C.off_t)(pos), C.int(socket), C.size_t(n)))
}

// plainFops tells whether files of the context are no concern of the program's.
func plainFops(cx *C.struct_lws_context) bool {
	p := &cx.plat_fops
	return cx.fops == p && p.next == nil && p.fi[0].sig == nil && p.open == (*[0]byte)(C._lws_plat_file_open) &&
		p.read == (*[0]byte)(C._lws_plat_file_read) && p.close == (*[0]byte)(C._lws_plat_file_close)
}

// withHeaders calls fn with the headers of the transaction; none says what to
// answer when they are detached or wsi is no connection.
func withHeaders[T any](wsi *C.struct_lws, none T, fn func(h *wire.Headers) T) T {
	c := maybeConn(wsi)
	if c == nil {
		gone("connection", unsafe.Pointer(wsi))
		return none
	}
	c.Lock()
	defer c.Unlock()
	if c.Headers == nil {
		return none
	}
	return fn(c.Headers)
}

// withHeader is withHeaders for one header; programs that loop over
// lws_token_to_string also ask for the index behind the last.
func withHeader[T any](wsi *C.struct_lws, t C.enum_lws_token_indexes, none T, fn func(h *wire.Headers, t wire.Token) T) T {
	if wire.Token(t) >= wire.TokenCount {
		return none
	}
	return withHeaders(wsi, none, func(h *wire.Headers) T { return fn(h, wire.Token(t)) })
}

// connHeader is the first value of a header of wsi's transaction, nil when it
// has none.
func connHeader(wsi unsafe.Pointer, t wire.Token) []byte {
	if maybeConn((*C.struct_lws)(wsi)) == nil {
		return nil
	}
	return withHeaders((*C.struct_lws)(wsi), nil, func(h *wire.Headers) []byte {
		return append([]byte(nil), h.Value(t)...)
	})
}

//export go_lws_hdr_total_length
func go_lws_hdr_total_length(wsi *C.struct_lws, t C.enum_lws_token_indexes) C.int {
	defer guard("lws_hdr_total_length")
	return withHeader(wsi, t, 0, func(h *wire.Headers, t wire.Token) C.int { return C.int(h.Total(t)) })
}

//export go_lws_hdr_fragment_length
func go_lws_hdr_fragment_length(wsi *C.struct_lws, t C.enum_lws_token_indexes, i C.int) C.int {
	defer guard("lws_hdr_fragment_length")
	return withHeader(wsi, t, 0, func(h *wire.Headers, t wire.Token) C.int { return C.int(h.FragmentLen(t, int(i))) })
}

//export go_lws_hdr_copy
func go_lws_hdr_copy(wsi *C.struct_lws, dst *C.char, n C.int, t C.enum_lws_token_indexes) (ret C.int) {
	defer guardOr("lws_hdr_copy", &ret, -1)
	if dst != nil && n > 0 {
		*dst = 0
	}
	return withHeader(wsi, t, 0, func(h *wire.Headers, t wire.Token) C.int { return C.int(h.Copy(cView(dst, int(n)), t)) })
}

//export go_lws_hdr_copy_fragment
func go_lws_hdr_copy_fragment(wsi *C.struct_lws, dst *C.char, n C.int, t C.enum_lws_token_indexes, i C.int) (ret C.int) {
	defer guardOr("lws_hdr_copy_fragment", &ret, -1)
	return withHeader(wsi, t, -1, func(h *wire.Headers, t wire.Token) C.int {
		return C.int(h.CopyFragment(cView(dst, int(n)), t, int(i)))
	})
}

//export go_lws_hdr_custom_length
func go_lws_hdr_custom_length(wsi *C.struct_lws, name *C.char, n C.int) (ret C.int) {
	defer guardOr("lws_hdr_custom_length", &ret, -1)
	return withHeaders(wsi, -1, func(h *wire.Headers) C.int { return C.int(h.CustomLen(string(cView(name, int(n))))) })
}

//export go_lws_hdr_custom_copy
func go_lws_hdr_custom_copy(wsi *C.struct_lws, dst *C.char, n C.int, name *C.char, nl C.int) (ret C.int) {
	defer guardOr("lws_hdr_custom_copy", &ret, -1)
	return withHeaders(wsi, -1, func(h *wire.Headers) C.int {
		return C.int(h.CustomCopy(cView(dst, int(n)), string(cView(name, int(nl)))))
	})
}

//export go_lws_http_cookie_get
func go_lws_http_cookie_get(wsi *C.struct_lws, name, buf *C.char, size *C.size_t) (ret C.int) {
	defer guardOr("lws_http_cookie_get", &ret, 1)
	if lacks("lws_http_cookie_get", name == nil || buf == nil || size == nil) {
		return 1
	}
	return withHeaders(wsi, 1, func(h *wire.Headers) C.int {
		n, err := h.Cookie(cView(buf, int(min(*size, 1<<30))), str(name))
		switch err {
		case nil:
			*size = C.size_t(n)
			return 0
		case wire.ErrTooLarge:
			return 2
		}
		return 1
	})
}

//export go_lws_http_mark_sse
func go_lws_http_mark_sse(wsi *C.struct_lws) (ret C.int) {
	defer guardOr("lws_http_mark_sse", &ret, 1)
	c := conn(wsi, "lws_http_mark_sse")
	if c == nil {
		return 0
	}
	c.Lock()
	defer c.Unlock()
	h1.DetachHeaders(c)
	h2.Immortal(c)
	return 0
}

//export go_lws_get_urlarg_by_name
func go_lws_get_urlarg_by_name(wsi *C.struct_lws, name, buf *C.char, n C.int) *C.char {
	defer guard("lws_get_urlarg_by_name")
	if lacks("lws_get_urlarg_by_name", name == nil) {
		return nil
	}
	if C.lwsgo_plain.arg_values != 0 {
		if go_lws_get_urlarg_by_name_safe(wsi, name, buf, n) < 0 {
			return nil
		}
		return buf
	}
	at := withHeaders(wsi, -1, func(h *wire.Headers) int { return h.CopyArg(cView(buf, int(n)), str(name)) })
	if at < 0 {
		return nil
	}
	return next(buf, at)
}

//export go_lws_http_get_uri_and_method
func go_lws_http_get_uri_and_method(wsi *C.struct_lws, uri **C.char, n *C.int) (ret C.int) {
	defer guardOr("lws_http_get_uri_and_method", &ret, -1)
	if lacks("lws_http_get_uri_and_method", uri == nil || n == nil) {
		return -1
	}
	return withHeaders(wsi, -1, func(h *wire.Headers) C.int {
		i, t := h.Method()
		if i < 0 {
			engine.Warnf("Missing URI in HTTP request")
			return -1
		}
		*uri = (*C.char)(unsafe.Pointer(unsafe.SliceData(h.Raw(t))))
		*n = C.int(h.Total(t))
		return C.int(i)
	})
}

var (
	tokenOnce sync.Once
	tokenText []*C.char
)

//export go_lws_token_to_string
func go_lws_token_to_string(t C.enum_lws_token_indexes) *C.uchar {
	defer guard("lws_token_to_string")
	tokenOnce.Do(func() {
		for i := wire.Token(0); i < wire.TokenClientSentProtocols; i++ {
			tokenText = append(tokenText, lasting(i.String()))
		}
		tokenText = append(tokenText, lasting(""))
	})
	if int(t) < 0 || int(t) >= len(tokenText) {
		return nil
	}
	return (*C.uchar)(unsafe.Pointer(tokenText[t]))
}

// room is the program's buffer from *p to end, as an empty slice.
func room(p **C.uchar, end *C.uchar) []byte {
	n := uintptr(unsafe.Pointer(end)) - uintptr(unsafe.Pointer(*p))
	if uintptr(unsafe.Pointer(end)) < uintptr(unsafe.Pointer(*p)) {
		n = 0
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(*p)), n)[:0]
}

// maybeConn finds the connection that headers are for; without one they are HTTP/1's.
func maybeConn(wsi *C.struct_lws) *engine.Conn {
	return engine.ConnOf((*engine.Face)(unsafe.Pointer(wsi)))
}

// took moves *p behind what was appended; 0 when it fitted.
func took(p **C.uchar, b []byte, ok bool) C.int {
	if !ok {
		return 1
	}
	*p = next(*p, len(b))
	return 0
}

//export go_lws_add_http_header_status
func go_lws_add_http_header_status(wsi *C.struct_lws, code C.uint, p **C.uchar, end *C.uchar) (ret C.int) {
	defer guardOr("lws_add_http_header_status", &ret, 1)
	if lacks("lws_add_http_header_status", p == nil || *p == nil) {
		return 1
	}
	c := conn(wsi, "lws_add_http_header_status")
	if c == nil {
		return 1
	}
	b, ok := h1.AddStatus(c, room(p, end), uint(code))
	return took(p, b, ok)
}

//export go_lws_add_http_header_by_name
func go_lws_add_http_header_by_name(wsi *C.struct_lws, name, value *C.uchar, n C.int, p **C.uchar, end *C.uchar) (ret C.int) {
	defer guardOr("lws_add_http_header_by_name", &ret, 1)
	if lacks("lws_add_http_header_by_name", p == nil || *p == nil) {
		return 1
	}
	b, ok := h1.AddByName(maybeConn(wsi), room(p, end), str((*C.char)(unsafe.Pointer(name))), cView(value, int(n)))
	return took(p, b, ok)
}

//export go_lws_add_http_header_by_token
func go_lws_add_http_header_by_token(wsi *C.struct_lws, t C.enum_lws_token_indexes, value *C.uchar, n C.int, p **C.uchar, end *C.uchar) (ret C.int) {
	defer guardOr("lws_add_http_header_by_token", &ret, 1)
	if lacks("lws_add_http_header_by_token", p == nil || *p == nil) {
		return 1
	}
	b, ok := h1.AddByToken(maybeConn(wsi), room(p, end), wire.Token(t), cView(value, int(n)))
	return took(p, b, ok)
}

//export go_lws_add_http_header_content_length
func go_lws_add_http_header_content_length(wsi *C.struct_lws, n C.lws_filepos_t, p **C.uchar, end *C.uchar) (ret C.int) {
	defer guardOr("lws_add_http_header_content_length", &ret, 1)
	if lacks("lws_add_http_header_content_length", p == nil || *p == nil) {
		return 1
	}
	c := conn(wsi, "lws_add_http_header_content_length")
	if c == nil {
		return 1
	}
	b, ok := h1.AddContentLength(c, room(p, end), uint64(n))
	return took(p, b, ok)
}

//export go_lws_add_http_common_headers
func go_lws_add_http_common_headers(wsi *C.struct_lws, code C.uint, ctype *C.char, n C.lws_filepos_t, p **C.uchar, end *C.uchar) (ret C.int) {
	defer guardOr("lws_add_http_common_headers", &ret, 1)
	if lacks("lws_add_http_common_headers", p == nil || *p == nil) {
		return 1
	}
	c := conn(wsi, "lws_add_http_common_headers")
	if c == nil {
		return 1
	}
	b, ok := h1.AddCommon(c, room(p, end), uint(code), str(ctype), uint64(n))
	return took(p, b, ok)
}

//export go_lws_finalize_http_header
func go_lws_finalize_http_header(wsi *C.struct_lws, p **C.uchar, end *C.uchar) (ret C.int) {
	defer guardOr("lws_finalize_http_header", &ret, 1)
	if lacks("lws_finalize_http_header", p == nil || *p == nil) {
		return 1
	}
	b, ok := h1.Finalize(maybeConn(wsi), room(p, end))
	return took(p, b, ok)
}

//export go_lws_http_compression_apply
func go_lws_http_compression_apply(wsi *C.struct_lws, name *C.char, p **C.uchar, end *C.uchar, decomp C.char) (ret C.int) {
	defer guardOr("lws_http_compression_apply", &ret, 1)
	c := maybeConn(wsi)
	if c == nil || c.Vhost == nil || !c.Vhost.Compress {
		return 0 // as in Debian's build
	}
	if lacks("lws_http_compression_apply", p == nil || *p == nil) {
		return 1
	}
	c.Lock()
	defer c.Unlock()
	apply := client.AskCoded
	if decomp == 0 {
		apply = h1.Apply
	}
	b, done, ok := apply(c, room(p, end), str(name))
	if !ok {
		return -1
	}
	if !done {
		return 1
	}
	return took(p, b, true)
}

//export go_lws_return_http_status
func go_lws_return_http_status(wsi *C.struct_lws, code C.uint, body *C.char) C.int {
	return onConn(wsi, "lws_return_http_status", 1, func(c *engine.Conn) C.int {
		return C.int(h1.ReturnStatus(c, int(code), str(body)))
	})
}

//export go_lws_http_redirect
func go_lws_http_redirect(wsi *C.struct_lws, code C.int, loc *C.uchar, n C.int, p **C.uchar, end *C.uchar) (ret C.int) {
	defer guardOr("lws_http_redirect", &ret, -1)
	if lacks("lws_http_redirect", p == nil || *p == nil) {
		return -1
	}
	c := conn(wsi, "lws_http_redirect")
	if c == nil {
		return -1
	}
	c.Lock()
	defer c.Unlock()
	sent, b := h1.Redirect(c, room(p, end), int(code), cView(loc, int(n)))
	if sent >= 0 {
		*p = next(*p, len(b))
	}
	return C.int(sent)
}

//export go_lws_http_transaction_completed
func go_lws_http_transaction_completed(wsi *C.struct_lws) C.int {
	return onConn(wsi, "lws_http_transaction_completed", 1, func(c *engine.Conn) C.int {
		return C.int(h1.Completed(c))
	})
}

//export go_lws_http_headers_detach
func go_lws_http_headers_detach(wsi *C.struct_lws) C.int {
	return onConn(wsi, "lws_http_headers_detach", 1, func(c *engine.Conn) C.int {
		h1.DetachHeaders(c)
		return 0
	})
}

//export go_lws_serve_http_file
func go_lws_serve_http_file(wsi *C.struct_lws, file, ctype, other *C.char, n C.int) C.int {
	return onConn(wsi, "lws_serve_http_file", -1, func(c *engine.Conn) C.int {
		if file == nil {
			return -1
		}
		return C.int(httpd.ServeFile(c, str(file), str(ctype), string(cView(other, int(n)))))
	})
}

//export go_lws_serve_http_file_fragment
func go_lws_serve_http_file_fragment(wsi *C.struct_lws) C.int {
	return onConn(wsi, "lws_serve_http_file_fragment", -1, func(c *engine.Conn) C.int {
		return C.int(httpd.FileFragment(c))
	})
}

// mimeTexts keeps the C strings that lws_get_mimetype has given out.
var mimeTexts = map[string]*C.char{}

//export go_lws_get_mimetype
func go_lws_get_mimetype(file *C.char, m *C.struct_lwsgo_mount) *C.char {
	defer guard("lws_get_mimetype")
	if lacks("lws_get_mimetype", file == nil) {
		return nil
	}
	var extra []wire.MimeMap
	if m != nil {
		for _, e := range headers(m.extra_mimetypes) {
			extra = append(extra, wire.MimeMap{Suffix: e.Name, Type: e.Value})
		}
	}
	t, ok := wire.MimeType(str(file), extra)
	if !ok {
		return nil
	}
	freeMu.Lock()
	defer freeMu.Unlock()
	s := mimeTexts[t]
	if s == nil {
		s = lasting(t)
		mimeTexts[t] = s
	}
	return s
}

// file is a file behind the context's file operations, which are the
// program's to replace: they are called without the lock.
type file struct {
	pt   *engine.Thread
	fd   *C.struct_lws_fop_fd
	kind httpd.FileKind
	mod  uint32
	at   int64 // where what is read next begins
	said C.struct_fops_said
}

const (
	fopGzipOK = 1 << 24 // LWS_FOP_FLAG_COMPR_ACCEPTABLE_GZIP
	fopGzipIs = 1 << 25 // LWS_FOP_FLAG_COMPR_IS_GZIP
)

func openFile(pt *engine.Thread, name string, gzip bool) (httpd.File, error) {
	cx := (*C.struct_lws_context)(unsafe.Pointer(pt.Context().F))
	if plainFops(cx) {
		return httpd.OpenPlain(pt, name)
	}
	text := make([]byte, len(name)+1) // not kept by C
	copy(text, name)
	var flags C.uint
	if gzip {
		flags = fopGzipOK
	}
	f := &file{pt: pt}
	pt.Unlock()
	f.fd = C.fops_open(cx.fops, (*C.char)(unsafe.Pointer(&text[0])), flags, &f.said)
	pt.Lock()
	if f.fd == nil {
		return nil, fmt.Errorf("cannot open %s", name)
	}
	f.mod = uint32(f.fd.mod_time)
	switch f.said.known {
	case -1:
		f.Close()
		return nil, fmt.Errorf("%s: fstat failed", name)
	case 1:
		f.kind = httpd.KindOf(uint32(f.said.st.mode))
		f.mod = uint32(f.said.st.mtime)
		f.fd.mod_time = C.uint32_t(f.mod)
	}
	return f, nil
}

func (f *file) Size() int64          { return int64(f.fd.len) }
func (f *file) ModTime() uint32      { return f.mod }
func (f *file) Kind() httpd.FileKind { return f.kind }
func (f *file) Gzipped() bool {
	return f.fd.flags&(fopGzipOK|fopGzipIs) == fopGzipOK|fopGzipIs
}

func (f *file) Read(b []byte) (int, error) {
	f.said.got = 0
	f.pt.Unlock()
	r := C.fops_read(f.fd, &f.said, unsafe.Pointer(&b[0]), C.lws_filepos_t(len(b)))
	f.pt.Lock()
	if r < 0 {
		return 0, io.ErrUnexpectedEOF
	}
	if f.said.got == 0 {
		return 0, io.EOF
	}
	f.at += int64(f.said.got)
	return int(f.said.got), nil
}

// MoveTo goes by the file's own position: a program whose operations do not keep one
// cannot do it.
func (f *file) MoveTo(pos int64) bool {
	if pos == f.at {
		return true
	}
	if int64(f.fd.pos) != f.at {
		return false
	}
	f.pt.Unlock()
	ok := C.fops_seek(f.fd, C.lws_fileofs_t(pos)) != 0
	f.pt.Lock()
	if !ok || int64(f.fd.pos) != pos {
		return false
	}
	f.at = pos
	return true
}

func (f *file) SendTo(socket int, n int64) int {
	sent := int(C.lwsgo_file_send(f.fd, C.int(socket), C.size_t(n)))
	f.at += int64(sent)
	return sent
}

func (f *file) Close() {
	if f.fd == nil {
		return
	}
	fd := f.fd
	f.fd = nil
	f.pt.Unlock()
	C.fops_close(fd)
	f.pt.Lock()
}
