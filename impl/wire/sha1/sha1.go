// SPDX-License-Identifier: MIT

// Package sha1 is SHA-1 (FIPS 180-4), which the WebSocket handshake asks for: OpenSSL's, which is linked in
// anyway. The standard library's brings the module for FIPS 140 with it: 250 KB, and work at each start.
package sha1

/*
#cgo LDFLAGS: -lcrypto
#cgo noescape lwsgo_sha1
#cgo nocallback lwsgo_sha1

// What OpenSSL 3 has in place of these takes 1.2 times as long for a handshake's 60 bytes, and an algorithm
// that has been fetched: with none 3.5 times.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

static inline void lwsgo_sha1(const unsigned char *data, size_t n, unsigned char *digest)
{
	SHA_CTX c;

	SHA1_Init(&c);
	SHA1_Update(&c, data, n);
	SHA1_Final(digest, &c);
}
*/
import "C"

import "unsafe"

// Size is that of a digest.
const Size = C.SHA_DIGEST_LENGTH

// Sum is the digest of data.
func Sum(data []byte) (digest [Size]byte) {
	C.lwsgo_sha1((*C.uchar)(unsafe.SliceData(data)), C.size_t(len(data)), (*C.uchar)(&digest[0]))
	return digest
}
