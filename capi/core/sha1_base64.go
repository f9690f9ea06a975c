// SPDX-License-Identifier: MIT

package main

// #include "lwsgo.h"
import "C"

import (
	"unsafe"

	"libwebsockets/impl/text/b64"
	"libwebsockets/impl/wire/sha1"
)

//export go_lws_SHA1
func go_lws_SHA1(d *C.uchar, n C.size_t, md *C.uchar) *C.uchar {
	defer guard("lws_SHA1")
	if lacks("lws_SHA1", md == nil || d == nil && n != 0) {
		return nil
	}
	sum := sha1.Sum(cView(d, int(n)))
	copy(cView(md, sha1.Size), sum[:])
	return md
}

func encodeB64(in *C.char, inLen C.int, out *C.char, outSize C.int, url bool) C.int {
	if inLen < 0 {
		return -1
	}
	n, ok := b64.Encode(cView(out, int(outSize)), cView(in, int(inLen)), url)
	if !ok {
		return -1
	}
	return C.int(n)
}

//export go_lws_b64_encode_string
func go_lws_b64_encode_string(in *C.char, inLen C.int, out *C.char, outSize C.int) (ret C.int) {
	defer guardOr("lws_b64_encode_string", &ret, -1)
	return encodeB64(in, inLen, out, outSize, false)
}

//export go_lws_b64_encode_string_url
func go_lws_b64_encode_string_url(in *C.char, inLen C.int, out *C.char, outSize C.int) (ret C.int) {
	defer guardOr("lws_b64_encode_string_url", &ret, -1)
	return encodeB64(in, inLen, out, outSize, true)
}

var tightB64 = C.lwsgo_plain.b64_tight != 0

//export go_lws_b64_decode_string
func go_lws_b64_decode_string(in, out *C.char, outSize C.int) (ret C.int) {
	defer guardOr("lws_b64_decode_string", &ret, -1)
	return go_lws_b64_decode_string_len(in, -1, out, outSize)
}

//export go_lws_b64_decode_string_len
func go_lws_b64_decode_string_len(in *C.char, inLen C.int, out *C.char, outSize C.int) (ret C.int) {
	defer guardOr("lws_b64_decode_string_len", &ret, -1)
	if lacks("lws_b64_decode_string_len", in == nil && inLen != 0 || out == nil) {
		return -1
	}
	n := int(inLen)
	if n == -1 {
		n = openEnd
	}
	var s b64.State
	_, wrote := s.Decode(cView(in, n), cView(out, int(outSize)), true, tightB64)
	return C.int(wrote)
}

//export go_lws_b64_decode_stateful
func go_lws_b64_decode_stateful(cs *C.struct_lws_b64state, in *C.char, inLen *C.size_t,
	out *C.uint8_t, outSize *C.size_t, final C.int) (ret C.int) {
	defer guardOr("lws_b64_decode_stateful", &ret, -1)
	if lacks("lws_b64_decode_stateful", cs == nil || inLen == nil || outSize == nil) {
		return -1
	}
	s := b64.State{
		Quad: *(*[4]byte)(unsafe.Pointer(&cs.quad)),
		Done: uint(cs.done), Len: uint(cs.len), I: int(cs.i), C: int(cs.c),
	}
	used, wrote := s.Decode(cView(in, int(*inLen)),
		cView(out, int(*outSize)), final != 0, tightB64)
	*(*[4]byte)(unsafe.Pointer(&cs.quad)) = s.Quad
	cs.done, cs.len = C.size_t(s.Done), C.size_t(s.Len)
	cs.i, cs.c = C.int(s.I), C.int(s.C)
	*inLen, *outSize = C.size_t(used), C.size_t(wrote)
	return 0
}
