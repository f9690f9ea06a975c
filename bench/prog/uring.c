/* SPDX-License-Identifier: MIT
 *
 * The floor of the echo rows with io_uring instead of epoll: one accept and one
 * recv for each socket that go on by themselves, buffers from a ring, all sends
 * of a turn in the system call that waits for the next one.
 *
 *   uring [connect]    as floor.c
 *
 * Enough to measure with, and no more: sends on a socket that is full could
 * overtake each other.  The load generator checks every byte.
 */
#define _GNU_SOURCE
#include "floor.h"
#include <errno.h>
#include <linux/io_uring.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#define ENTRIES 4096
#define BUFS 256
#define BUF 65536
#define NO_BUF BUFS

enum op { ACCEPT, RECV, SEND, SHUTDOWN };

static struct {
	int fd;
	unsigned *tail, *mask, *cq_head, *cq_tail, *cq_mask;
	struct io_uring_sqe *sqes;
	struct io_uring_cqe *cqes;
	unsigned queued, taken;
	struct io_uring_buf_ring *free;
	unsigned short nfree;
} ring;
static unsigned char bufs[BUFS][BUF];

static int
enter(unsigned wait)
{
	int n;

	__atomic_store_n(ring.tail, ring.queued, __ATOMIC_RELEASE);
	n = (int)syscall(SYS_io_uring_enter, ring.fd, ring.queued - ring.taken, wait, IORING_ENTER_GETEVENTS, NULL, 0);
	if (n > 0)
		ring.taken += (unsigned)n;
	return n < 0 && errno != EINTR;
}

/* What is being done with which socket and buffer comes back with its end. */
static struct io_uring_sqe *
queue(enum op op, int opcode, int fd, unsigned buf)
{
	struct io_uring_sqe *s;

	if (ring.queued - ring.taken == ENTRIES && enter(0))
		exit(1);
	s = &ring.sqes[ring.queued++ & *ring.mask];
	memset(s, 0, sizeof(*s));
	s->opcode = (uint8_t)opcode;
	s->fd = fd;
	s->user_data = (uint64_t)op << 56 | (uint64_t)buf << 32 | (unsigned)fd;
	return s;
}

static void
queue_recv(int fd)
{
	struct io_uring_sqe *s = queue(RECV, IORING_OP_RECV, fd, NO_BUF);

	s->flags = IOSQE_BUFFER_SELECT;
	s->ioprio = IORING_RECV_MULTISHOT;
}

static struct io_uring_sqe *
queue_send(int fd, const void *b, unsigned len, unsigned buf)
{
	struct io_uring_sqe *s = queue(SEND, IORING_OP_SEND, fd, buf);

	s->addr = (uintptr_t)b;
	s->len = len;
	s->msg_flags = MSG_NOSIGNAL | MSG_WAITALL;
	return s;
}

static void
give_back(unsigned buf)
{
	struct io_uring_buf *b = &ring.free->bufs[ring.nfree & (BUFS - 1)];

	b->addr = (uintptr_t)bufs[buf];
	b->len = BUF;
	b->bid = (uint16_t)buf;
	__atomic_store_n(&ring.free->tail, ++ring.nfree, __ATOMIC_RELEASE);
}

static int
ring_init(void)
{
	struct io_uring_params p = { .flags = IORING_SETUP_CQSIZE | IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN,
				     .cq_entries = 32768 };
	struct io_uring_buf_reg reg = { .ring_entries = BUFS };
	unsigned char *m;
	unsigned i;

	ring.fd = (int)syscall(SYS_io_uring_setup, ENTRIES, &p);
	if (ring.fd < 0)
		return 1;
	m = mmap(NULL, p.sq_off.array + p.sq_entries * sizeof(unsigned) + p.cq_off.cqes + p.cq_entries * sizeof(*ring.cqes),
		 PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring.fd, IORING_OFF_SQ_RING);
	ring.sqes = mmap(NULL, p.sq_entries * sizeof(*ring.sqes), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring.fd, IORING_OFF_SQES);
	ring.free = mmap(NULL, BUFS * sizeof(struct io_uring_buf), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (m == MAP_FAILED || ring.sqes == MAP_FAILED || ring.free == MAP_FAILED)
		return 1;
	ring.tail = (unsigned *)(void *)(m + p.sq_off.tail);
	ring.mask = (unsigned *)(void *)(m + p.sq_off.ring_mask);
	ring.cq_head = (unsigned *)(void *)(m + p.cq_off.head);
	ring.cq_tail = (unsigned *)(void *)(m + p.cq_off.tail);
	ring.cq_mask = (unsigned *)(void *)(m + p.cq_off.ring_mask);
	ring.cqes = (struct io_uring_cqe *)(void *)(m + p.cq_off.cqes);
	for (i = 0; i < p.sq_entries; i++)
		((unsigned *)(void *)(m + p.sq_off.array))[i] = i;
	reg.ring_addr = (uintptr_t)ring.free;
	if (syscall(SYS_io_uring_register, ring.fd, IORING_REGISTER_PBUF_RING, &reg, 1))
		return 1;
	for (i = 0; i < BUFS; i++)
		give_back(i);
	return 0;
}

/* As in floor.c. */
static void
answer(int fd, const unsigned char *b)
{
	struct io_uring_sqe *s;

	if (*b == 'G') {
		queue_send(fd, upgrade, sizeof(upgrade) - 1, NO_BUF);
		return;
	}
	s = queue_send(fd, "\x88\x02\x03\xe8", 4, NO_BUF);
	s->msg_flags |= MSG_MORE;
	s->flags = IOSQE_IO_LINK | IOSQE_CQE_SKIP_SUCCESS;
	s = queue(SHUTDOWN, IORING_OP_SHUTDOWN, fd, NO_BUF);
	s->len = SHUT_WR;
	s->flags = IOSQE_CQE_SKIP_SUCCESS;
}

int
main(int argc, char **argv)
{
	int s, connects = argc > 1 && !strcmp(argv[1], "connect"), one = 1;

	raise_limit();
	if (ring_init() || (s = listening(0)) < 0) {
		perror("uring");
		return 1;
	}
	setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)); /* accepted ones inherit it */
	queue(ACCEPT, IORING_OP_ACCEPT, s, NO_BUF)->ioprio = IORING_ACCEPT_MULTISHOT;
	while (!enter(1)) {
		unsigned at = *ring.cq_head, to = __atomic_load_n(ring.cq_tail, __ATOMIC_ACQUIRE);

		for (; at != to; at++) {
			struct io_uring_cqe *c = &ring.cqes[at & *ring.cq_mask];
			unsigned buf = c->flags & IORING_CQE_F_BUFFER ? c->flags >> IORING_CQE_BUFFER_SHIFT : NO_BUF;
			int fd = (int)(unsigned)c->user_data, goes_on = c->flags & IORING_CQE_F_MORE;

			switch ((enum op)(c->user_data >> 56)) {
			case ACCEPT:
				if (c->res >= 0)
					queue_recv(c->res);
				continue;
			case RECV:
				if (c->res > 0 && !connects) {
					queue_send(fd, bufs[buf], (unsigned)c->res, buf);
				} else {
					if (c->res > 0)
						answer(fd, bufs[buf]);
					if (buf != NO_BUF)
						give_back(buf);
					if (c->res <= 0 && c->res != -ENOBUFS) {
						close(fd);
						continue;
					}
				}
				if (!goes_on)
					queue_recv(fd);
				continue;
			case SEND:
				if ((c->user_data >> 32 & 0xffff) != NO_BUF)
					give_back(c->user_data >> 32 & 0xffff);
				continue;
			case SHUTDOWN:
				continue;
			}
		}
		__atomic_store_n(ring.cq_head, at, __ATOMIC_RELEASE);
	}
	perror("io_uring_enter");
	return 1;
}
