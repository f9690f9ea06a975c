/* SPDX-License-Identifier: MIT
 *
 * The BIO under each SSL, in C because OpenSSL calls it: a socket that reads
 * ahead, so that a record takes one system call and not one for its header and
 * one for its body, and that gathers what is sent until it is flushed. Its
 * buffers are shared by all connections of a service thread; a connection has
 * memory of its own only for what lies in them when another one needs them.
 * Included by glue.h only.
 */
#ifndef LWSGO_TLS_SOCK_H
#define LWSGO_TLS_SOCK_H

#include <errno.h>
#include <openssl/bio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define TLS_AHEAD (32 << 10)
#define TLS_GATHER (64 << 10)
/* How much may come without any data in it: alerts, KeyUpdate, session tickets. */
#define TLS_IDLE ((size_t)512 << 10)
/* How much of that one call may read in a handshake: more than the longest hello. */
#define TLS_HELLO ((size_t)160 << 10)

struct tls_bytes {
	unsigned char *p;
	size_t at, end;
};

struct tls_sock;

/* What the connections of one service thread share. */
struct tls_pool {
	struct tls_sock *reader, *writer; /* whose bytes the buffers hold */
	struct tls_bytes in, out;
	long users;
	unsigned char room[TLS_AHEAD + TLS_GATHER];
};

struct tls_sock {
	struct tls_pool *pool;
	int fd;
	int gather;	      /* inside a call of ours */
	int lost;	      /* errno of a send that failed */
	int drained;	      /* the socket gave all that it may, in this call */
	int shaking;	      /* that call is the handshake's */
	size_t idle;	      /* what has come since the last data */
	int last;	      /* only FIN follows: it may go in the same segment */
	struct tls_bytes in, out; /* its own, malloc'ed */
};

static inline size_t
tls_left(const struct tls_bytes *b)
{
	return b->end - b->at;
}

static inline void
tls_drop(struct tls_bytes *b)
{
	free(b->p);
	b->p = NULL;
	b->at = b->end = 0;
}

/* Appends to bytes of a connection's own. */
static inline int
tls_keep(struct tls_bytes *to, const unsigned char *p, size_t n)
{
	size_t has = tls_left(to);
	unsigned char *m;

	if (!n)
		return 1;
	m = malloc(has + n);
	if (!m)
		return 0;
	if (has)
		memcpy(m, to->p + to->at, has);
	memcpy(m + has, p, n);
	free(to->p);
	to->p = m;
	to->at = 0;
	to->end = has + n;
	return 1;
}

static inline struct tls_pool *
tls_pool_new(void)
{
	struct tls_pool *p = calloc(1, sizeof(*p));

	if (p) {
		p->users = 1;
		p->in.p = p->room;
		p->out.p = p->room + TLS_AHEAD;
	}
	return p;
}

static inline void
tls_pool_free(struct tls_pool *p)
{
	if (p && !__atomic_sub_fetch(&p->users, 1, __ATOMIC_ACQ_REL))
		free(p);
}

/* Sends; what the socket does not take stays. 1: all is gone, 0: it is full,
 * -1: it failed. */
static inline int
tls_push(struct tls_sock *s, struct tls_bytes *b)
{
	while (tls_left(b)) {
		ssize_t n = send(s->fd, b->p + b->at, tls_left(b),
				 MSG_NOSIGNAL | (s->last ? MSG_MORE : 0));

		if (n > 0) {
			b->at += (size_t)n;
			continue;
		}
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return 0;
		s->lost = errno;
		b->at = b->end;
		return -1;
	}
	return 1;
}

/* Sends what was gathered: 1: all is gone, 0: the socket is full, -1: it failed. */
static inline int
tls_flush(struct tls_sock *s)
{
	struct tls_pool *p = s->pool;
	int r = 1;

	if (s->out.p) {
		r = tls_push(s, &s->out);
		if (r)
			tls_drop(&s->out);
	}
	if (p->writer == s) {
		if (r > 0)
			r = tls_push(s, &p->out);
		if (!r && !tls_keep(&s->out, p->out.p + p->out.at, tls_left(&p->out))) {
			s->lost = ENOMEM;
			r = -1;
		}
		p->out.at = p->out.end = 0;
		p->writer = NULL;
	}
	return s->lost ? -1 : r;
}

/* A program that calls SSL_write itself, outside of our calls, flushes nothing:
 * then it is the socket that takes what it takes.
 *
 * Inside of them OpenSSL does not hear of a socket that takes nothing more: it
 * could not be asked any more for what the peer had sent before. */
static inline int
tls_sock_write(BIO *b, const char *d, int n)
{
	struct tls_sock *s = BIO_get_data(b);
	struct tls_pool *p = s->pool;
	int r = s->lost ? -1 : 1;

	BIO_clear_retry_flags(b);
	if (n <= 0)
		return 0;
	if (s->gather && s->lost)
		return n;
	if (n > TLS_GATHER)
		n = TLS_GATHER;
	if (p->writer && p->writer != s)
		tls_flush(p->writer);
	if (r > 0 && (s->out.p || (p->writer == s &&
	    (!s->gather || p->out.end + (size_t)n > TLS_GATHER))))
		r = tls_flush(s);
	if (r < 0 && s->gather)
		return n;
	if (r > 0 && s->gather) {
		p->writer = s;
		memcpy(p->out.p + p->out.end, d, (size_t)n);
		p->out.end += (size_t)n;
		return n;
	}
	if (r > 0) {
		errno = 0;
		r = (int)send(s->fd, d, (size_t)n, MSG_NOSIGNAL);
		if (r > 0)
			return r;
		if (BIO_sock_should_retry(r))
			r = 0;
	}
	if (!r)
		BIO_set_retry_write(b);
	else if (s->lost)
		errno = s->lost;
	return -1;
}

static inline int
tls_sock_read(BIO *b, char *d, int n)
{
	struct tls_sock *s = BIO_get_data(b);
	struct tls_pool *p = s->pool;
	struct tls_bytes *in = s->in.p ? &s->in : &p->in;
	ssize_t r;

	BIO_clear_retry_flags(b);
	if (n <= 0)
		return 0;
	if (in == &p->in && p->reader != s) {
		if (p->reader && tls_left(&p->in) &&
		    !tls_keep(&p->reader->in, p->in.p + p->in.at, tls_left(&p->in))) {
			errno = ENOMEM;
			return -1;
		}
		p->reader = s;
		p->in.at = p->in.end = 0;
	}
	if (!tls_left(in)) {
		p->in.at = p->in.end = 0;
		if (s->drained) { /* the poll tells of what comes now */
			errno = EAGAIN;
			BIO_set_retry_read(b);
			return -1;
		}
		do {
			errno = 0;
			r = recv(s->fd, p->in.p, TLS_AHEAD, 0);
		} while (r < 0 && errno == EINTR);
		if (r <= 0) {
			if (!r)
				BIO_set_flags(b, BIO_FLAGS_IN_EOF);
			else if (BIO_sock_should_retry((int)r))
				BIO_set_retry_read(b);
			return (int)r;
		}
		p->in.end = (size_t)r;
		s->idle += (size_t)r;
		/* One read has room for a record. What is no data does not end
		 * SSL_read: who sends that alone, as fast as it can, would have
		 * the thread for itself. A hello that has more is read on: OpenSSL
		 * moves to larger and larger memory as it comes, and several that
		 * come by turns would be left with holes between them. */
		s->drained = s->gather && !(s->shaking && r == TLS_AHEAD && s->idle < TLS_HELLO);
	}
	r = (ssize_t)tls_left(in) < n ? (ssize_t)tls_left(in) : n;
	memcpy(d, in->p + in->at, (size_t)r);
	in->at += (size_t)r;
	if (in == &s->in && !tls_left(in))
		tls_drop(in);
	return (int)r;
}

/* Whether a whole record has been read that OpenSSL has not asked for: its
 * header says how long it is (RFC 8446 5.1). */
static inline int
tls_ahead(const struct tls_sock *s)
{
	const struct tls_bytes *in = s->in.p ? &s->in : &s->pool->in;
	const unsigned char *h = in->p + in->at;

	if (!s->in.p && s->pool->reader != s)
		return 0;
	return tls_left(in) >= 5 &&
	       tls_left(in) - 5 >= ((size_t)h[3] << 8 | h[4]);
}

static inline long
tls_sock_ctrl(BIO *b, int cmd, long num, void *ptr)
{
	struct tls_sock *s = BIO_get_data(b);

	switch (cmd) {
	case BIO_C_SET_FD:
		s->fd = *(int *)ptr;
		BIO_set_shutdown(b, (int)num);
		BIO_set_init(b, 1);
		return 1;
	case BIO_C_GET_FD:
		if (ptr)
			*(int *)ptr = s->fd;
		return s->fd;
	case BIO_CTRL_GET_CLOSE:
		return BIO_get_shutdown(b);
	case BIO_CTRL_SET_CLOSE:
		BIO_set_shutdown(b, (int)num);
		return 1;
	case BIO_CTRL_EOF:
		return BIO_test_flags(b, BIO_FLAGS_IN_EOF) != 0;
	case BIO_CTRL_PENDING:
		if (s->in.p)
			return (long)tls_left(&s->in);
		return s->pool->reader == s ? (long)tls_left(&s->pool->in) : 0;
	case BIO_CTRL_WPENDING:
		return (long)(tls_left(&s->out) +
			      (s->pool->writer == s ? tls_left(&s->pool->out) : 0));
	case BIO_CTRL_FLUSH:
	case BIO_CTRL_DUP:
		return 1;
	}
	return 0;
}

static inline int
tls_sock_puts(BIO *b, const char *t)
{
	return tls_sock_write(b, t, (int)strlen(t));
}

/* The descriptor stays its owner's. */
static inline int
tls_sock_free(BIO *b)
{
	struct tls_sock *s = BIO_get_data(b);

	if (!s)
		return 1;
	if (s->pool->reader == s)
		s->pool->reader = NULL;
	if (s->pool->writer == s) {
		s->pool->writer = NULL;
		s->pool->out.at = s->pool->out.end = 0;
	}
	tls_drop(&s->in);
	tls_drop(&s->out);
	tls_pool_free(s->pool);
	free(s);
	BIO_set_data(b, NULL);
	return 1;
}

static inline BIO_METHOD *
tls_bio_method(void)
{
	BIO_METHOD *m = BIO_meth_new(BIO_TYPE_SOCKET, "socket, shared buffers");

	if (!m)
		return NULL;
	BIO_meth_set_write(m, tls_sock_write);
	BIO_meth_set_read(m, tls_sock_read);
	BIO_meth_set_puts(m, tls_sock_puts);
	BIO_meth_set_ctrl(m, tls_sock_ctrl);
	BIO_meth_set_destroy(m, tls_sock_free);
	return m;
}

static inline struct tls_sock *
tls_attach(SSL *s, BIO_METHOD *m, struct tls_pool *p, int fd)
{
	struct tls_sock *k = calloc(1, sizeof(*k));
	BIO *b = k ? BIO_new(m) : NULL;

	if (!b) {
		free(k);
		return NULL;
	}
	k->pool = p;
	__atomic_add_fetch(&p->users, 1, __ATOMIC_RELAXED);
	BIO_set_data(b, k);
	BIO_set_fd(b, fd, BIO_NOCLOSE);
	SSL_set_bio(s, b, b);
	return k;
}

#endif
