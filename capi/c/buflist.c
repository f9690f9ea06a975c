/* SPDX-License-Identifier: MIT
 *
 * Lists of buffered byte segments, consumed from the front.
 * C because of reason 5 (pointer work smaller than a crossing).
 */
#include "entry.h"
#include <libwebsockets.h>

/* A longer list means that its owner lost control: the append fails. */
#define SEGMENTS_MAX 1023

struct lws_buflist {
	struct lws_buflist *next;
	size_t len;
	size_t pos; /* consumed so far */
	/* LWS_PRE bytes of headroom and the payload follow */
};

static uint8_t *
payload(struct lws_buflist *b)
{
	return (uint8_t *)(b + 1) + LWS_PRE;
}

int
lws_buflist_append_segment(struct lws_buflist **head, const uint8_t *buf,
			   size_t len)
{
	LWS_NEEDS(head, -1);
	int first = !*head, n = 0;
	struct lws_buflist *b;

	if (!buf || !len) {
		lwsl_err("%s: nothing to append\n", __func__);
		return -1;
	}
	for (; *head; head = &(*head)->next)
		if (++n > SEGMENTS_MAX || (*head)->next == *head) {
			lwsl_err("%s: list too long or corrupt\n", __func__);
			return -1;
		}

	b = lws_realloc(NULL, sizeof(*b) + LWS_PRE + len + 1, __func__);
	if (!b) {
		lwsl_err("%s: OOM\n", __func__);
		return -1;
	}
	b->next = NULL;
	b->len = len;
	b->pos = 0;
	memcpy(payload(b), buf, len);
	*head = b;
	return first; /* 1: the list was empty before */
}

static void
drop_first(struct lws_buflist **head)
{
	struct lws_buflist *b = *head;

	*head = b->next;
	lws_realloc(b, 0, __func__);
}

void
lws_buflist_destroy_all_segments(struct lws_buflist **head)
{
	LWS_NEEDS_VOID(head);
	while (*head)
		drop_first(head);
}

size_t
lws_buflist_next_segment_len(struct lws_buflist **head, uint8_t **buf)
{
	LWS_NEEDS(head, 0);
	struct lws_buflist *b = *head;

	if (buf)
		*buf = NULL;
	if (!b)
		return 0;
	if (buf)
		*buf = payload(b) + b->pos;
	return b->len - b->pos;
}

size_t
lws_buflist_use_segment(struct lws_buflist **head, size_t len)
{
	LWS_NEEDS(head, 0);
	struct lws_buflist *b = *head;

	if (!b || !len || len > b->len - b->pos) {
		lwsl_err("%s: using %u, which is not there\n", __func__,
			 (unsigned int)len);
		return b ? b->len - b->pos : 0;
	}
	b->pos += len;
	if (b->pos < b->len)
		return b->len - b->pos;
	drop_first(head);
	return lws_buflist_next_segment_len(head, NULL);
}

/* Counts whole segments, what is consumed of the first one included. */
size_t
lws_buflist_total_len(struct lws_buflist **head)
{
	LWS_NEEDS(head, 0);
	const struct lws_buflist *b;
	size_t sum = 0;

	for (b = *head; b; b = b->next)
		sum += b->len;
	return sum;
}

/* ofs counts from the beginning of the first segment, consumed or not. */
int
lws_buflist_linear_copy(struct lws_buflist **head, size_t ofs, uint8_t *buf,
			size_t len)
{
	LWS_NEEDS(head, -1);
	struct lws_buflist *b;
	size_t done = 0, n;

	for (b = *head; b && done < len; b = b->next) {
		if (ofs >= b->len) {
			ofs -= b->len;
			continue;
		}
		n = b->len - ofs;
		if (n > len - done)
			n = len - done;
		memcpy(buf + done, payload(b) + ofs, n);
		done += n;
		ofs = 0;
	}
	return (int)done;
}

void
lws_buflist_describe(struct lws_buflist **head, void *id, const char *reason)
{
	LWS_NEEDS_VOID(head);
	const struct lws_buflist *b;
	int n = 0;

	if (!*head)
		lwsl_notice("%p: %s: buflist empty\n", id, reason);
	for (b = *head; b; b = b->next) {
		lwsl_notice("%p: %s: %d: %llu / %llu (%llu left)\n", id,
			    reason, n++, (unsigned long long)b->pos,
			    (unsigned long long)b->len,
			    (unsigned long long)(b->len - b->pos));
		if (b->next == b) {
			lwsl_err("%s: corrupt list\n", __func__);
			break;
		}
	}
}

int
lws_buflist_fragment_use(struct lws_buflist **head, uint8_t *buf, size_t len,
			 char *frag_first, char *frag_fin)
{
	LWS_NEEDS(head, 0);
	struct lws_buflist *b = *head;

	if (!b)
		return 0;
	if (frag_first)
		*frag_first = !b->pos;
	if (len > b->len - b->pos)
		len = b->len - b->pos;
	if (frag_fin)
		*frag_fin = b->pos + len == b->len;
	memcpy(buf, payload(b) + b->pos, len);
	lws_buflist_use_segment(head, len);
	return (int)len;
}

int
lws_buflist_linear_use(struct lws_buflist **head, uint8_t *buf, size_t len)
{
	LWS_NEEDS(head, -1);
	size_t done = 0;

	while (*head && done < len)
		done += (size_t)lws_buflist_fragment_use(
			head, buf + done, len - done, NULL, NULL);
	return (int)done;
}
