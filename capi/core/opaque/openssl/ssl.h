/* SPDX-License-Identifier: MIT
 *
 * What the Go half sees of OpenSSL: pointers, which the headers in include/ name. OpenSSL's
 * own headers are half of what a compiler would read, which cgo starts five times for each file.
 */
#ifndef LWSGO_OPAQUE_SSL_H
#define LWSGO_OPAQUE_SSL_H

typedef struct ssl_st SSL;
typedef struct ssl_ctx_st SSL_CTX;
typedef struct x509_store_ctx_st X509_STORE_CTX;
typedef struct bignum_st BIGNUM;
typedef struct rsa_st RSA;
typedef struct engine_st ENGINE;
typedef struct evp_cipher_st EVP_CIPHER;
typedef struct evp_cipher_ctx_st EVP_CIPHER_CTX;
typedef struct evp_md_st EVP_MD;
typedef struct evp_md_ctx_st EVP_MD_CTX;
typedef struct evp_pkey_st EVP_PKEY;
typedef struct evp_pkey_ctx_st EVP_PKEY_CTX;

#endif
