/* SPDX-License-Identifier: MIT
 *
 * Integers as bytes (big-endian and variable length) and as text for people.
 * C because of reasons 3 (the unit tables are data symbols) and 5 (work
 * smaller than a crossing).
 */
#include "abi.h"
#include "entry.h"
#include <libwebsockets.h>
#include <endian.h>
#include <stdio.h>

/* The largest value lws_vbi_encode() takes: four groups of seven bits. */
#define VBI_MAX UINT64_C(0xfffffff)

void
lws_ser_wu16be(uint8_t *b, uint16_t u)
{
	LWS_NEEDS_VOID(b);
	u = htobe16(u);
	memcpy(b, &u, sizeof(u));
}

void
lws_ser_wu32be(uint8_t *b, uint32_t u32)
{
	LWS_NEEDS_VOID(b);
	u32 = htobe32(u32);
	memcpy(b, &u32, sizeof(u32));
}

void
lws_ser_wu64be(uint8_t *b, uint64_t u64)
{
	LWS_NEEDS_VOID(b);
	u64 = htobe64(u64);
	memcpy(b, &u64, sizeof(u64));
}

uint16_t
lws_ser_ru16be(const uint8_t *b)
{
	uint16_t u;

	LWS_NEEDS(b, 0);
	memcpy(&u, b, sizeof(u));
	return be16toh(u);
}

uint32_t
lws_ser_ru32be(const uint8_t *b)
{
	uint32_t u;

	LWS_NEEDS(b, 0);
	memcpy(&u, b, sizeof(u));
	return be32toh(u);
}

uint64_t
lws_ser_ru64be(const uint8_t *b)
{
	uint64_t u;

	LWS_NEEDS(b, 0);
	memcpy(&u, b, sizeof(u));
	return be64toh(u);
}

int
lws_vbi_encode(uint64_t value, void *buf)
{
	LWS_NEEDS(buf, 0);
	uint8_t *p = buf;
	int n = 0;

	if (value > VBI_MAX)
		return -1;
	for (; value > 0x7f; value >>= 7)
		p[n++] = (uint8_t)(0x80 | (value & 0x7f));
	p[n++] = (uint8_t)value;
	return n;
}

/* The reference's decoder takes the top bit for the end mark, which is not
 * what its encoder writes, and does not count that last byte.  Kept. */
int
lws_vbi_decode(const void *buf, uint64_t *value, size_t len)
{
	const uint8_t *p = buf;
	uint64_t v = 0;
	size_t n;

	for (n = 0; n < len && n < 10; n++) {
		v |= (uint64_t)(p[n] & 0x7f) << (7 * n);
		if (p[n] & 0x80) {
			*value = v;
			return (int)n;
		}
	}
	return 0;
}

#define US_PER_HOUR (UINT64_C(3600) * LWS_US_PER_SEC)

const lws_humanize_unit_t humanize_schema_si[7] = {
	{ LWSGO_UNIT("Pi"), LWS_PI }, { LWSGO_UNIT("Ti"), LWS_TI },
	{ LWSGO_UNIT("Gi"), LWS_GI }, { LWSGO_UNIT("Mi"), LWS_MI },
	{ LWSGO_UNIT("Ki"), LWS_KI }, { LWSGO_NO_UNIT, 1 },
	{ NULL, 0 }
};

const lws_humanize_unit_t humanize_schema_si_bytes[7] = {
	{ "PiB", LWS_PI }, { "TiB", LWS_TI }, { "GiB", LWS_GI },
	{ "MiB", LWS_MI }, { "KiB", LWS_KI }, { LWSGO_SHORT_UNIT("B"), 1 },
	{ NULL, 0 }
};

const lws_humanize_unit_t humanize_schema_us[8] = {
	{ LWSGO_SHORT_UNIT("y"), 365 * 24 * US_PER_HOUR },
	{ LWSGO_SHORT_UNIT("d"), 24 * US_PER_HOUR },
	{ LWSGO_UNIT("hr"), US_PER_HOUR },
	{ "min", UINT64_C(60) * LWS_US_PER_SEC },
	{ LWSGO_SHORT_UNIT("s"), LWS_US_PER_SEC },
	{ LWSGO_UNIT("ms"), LWS_US_PER_MS },
	{ LWSGO_MICROSECONDS, 1 },
	{ NULL, 0 }
};

/* Thousandths of the unit: those of a factor that 1000 does not divide can be more. */
static unsigned int
thousandths(uint64_t v, uint64_t factor)
{
	return factor / 1000 ? (unsigned int)(v % factor / (factor / 1000)) : 0;
}

/* Writes "1234.567XXX". The last four digits of a number that has more are written. */
static int
humanize_plain(char *p, size_t room, uint64_t v, const lws_humanize_unit_t *u)
{
	uint64_t whole = v / u->factor;
	char digits[16];
	int n = snprintf(digits, sizeof(digits), whole > 9999 ? "%04u" : "%u",
			 (unsigned int)(whole % 10000));

	if (u->factor != 1)
		snprintf(digits + n, sizeof(digits) - (size_t)n, ".%03u",
			 thousandths(v, u->factor) % 1000);
	return lws_snprintf(p, room, "%s%s", digits, u->name);
}

/* v right-aligned in four columns; a wider one keeps its last three digits
 * behind a '!' (the reference's mark of overflow). */
static void
four_columns(char out[5], uint64_t v)
{
	if (v > 9999)
		snprintf(out, 5, "!%03u", (unsigned int)(v % 1000));
	else if (v)
		snprintf(out, 5, "%4u", (unsigned int)v);
	else
		memcpy(out, "    ", 5);
}

/*
 * Writes " 1234.567XXX", or the same without padding. Where it pads, what is returned is
 * the length of the part behind the digits alone, as in the reference.
 */
int
lws_humanize(char *p, lwsgo_len len, uint64_t v,
	     const lws_humanize_unit_t *schema)
{
	LWS_NEEDS(p && schema, 0);
	const lws_humanize_unit_t *u = schema;
	char whole[5], digits[16];
	size_t n, room = len > 0 ? (size_t)len : 0;
	unsigned int milli;

	while (u->name && v < u->factor && u->factor != 1)
		u++;
	if (!u->name) { /* a table without a unit for small values */
		if (room)
			lws_strncpy(p, "unknown value", room);
		return 0;
	}

	if (lwsgo_plain.humanize_plain)
		return humanize_plain(p, room, v, u);

	four_columns(whole, v / u->factor);
	if (u->factor == 1) {
		n = (size_t)snprintf(digits, sizeof(digits), " %s", whole);
	} else {
		milli = thousandths(v, u->factor);
		n = (size_t)snprintf(digits, sizeof(digits), " %s.%03u", whole,
				     milli % 1000);
		if (milli > 999) /* a factor that 1000 does not divide */
			digits[6] = '!';
	}
	if (n >= room) {
		if (room)
			lws_strncpy(p, digits, room);
		return 0;
	}
	memcpy(p, digits, n);
	return lws_snprintf(p + n, room - n, "%s%s", u->name,
			    u->factor == 1 ? "    " : "");
}
