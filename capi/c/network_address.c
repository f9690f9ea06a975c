/* SPDX-License-Identifier: MIT
 *
 * Numeric addresses, of lws-network-helper.h.
 * C because of reasons 1 (the way into Go) and 5.
 */
#include "entry.h"
#include <arpa/inet.h>

/* What is no address at all gets an error line, unlike a wrong one. */
#define NOT_AN_ADDRESS (-13)

extern int go_lws_parse_numeric_address(const char *ads, uint8_t *result,
					size_t max_len);

int
lws_parse_numeric_address(const char *ads, uint8_t *result, size_t max_len)
{
	int n;

	LWS_NEEDS(ads && result, -1);
	if (!lwsgo_enter(__func__))
		return -1;
	n = go_lws_parse_numeric_address(ads, result, max_len);
	lwsgo_leave();
	if (n <= NOT_AN_ADDRESS)
		lwsl_err("%s: malformed ip address\n", __func__);
	return n;
}

LWS_ENTRY(int, -1, lws_write_numeric_address,
	  (const uint8_t *ads, int size, char *buf, size_t len),
	  (ads, size, buf, len))

int
lws_sa46_parse_numeric_address(const char *ads, lws_sockaddr46 *sa46)
{
	uint8_t a[16];

	LWS_NEEDS(ads && sa46, -1);
	switch (lws_parse_numeric_address(ads, a, sizeof(a))) {
	case 16:
		sa46->sa6.sin6_family = AF_INET6;
		memcpy(&sa46->sa6.sin6_addr, a, 16);
		return 0;
	case 4:
		sa46->sa4.sin_family = AF_INET;
		memcpy(&sa46->sa4.sin_addr, a, 4);
		return 0;
	default:
		return -1;
	}
}

/* What stands for the address of another family. */
static int
no_address(int family, char *buf, size_t len)
{
	if (!lwsgo_plain.all_families)
		return -1;
	if (family == AF_UNIX)
		return lws_snprintf(buf, len, "(unix skt)");
	if (!family)
		return lws_snprintf(buf, len, "(unset)");
	lws_snprintf(buf, len, "(AF%d unsupp)", family);
	return -1;
}

int
lws_sa46_write_numeric_address(lws_sockaddr46 *sa46, char *buf, size_t len)
{
	LWS_NEEDS(sa46, -1);
	*buf = '\0';
	switch (sa46->sa4.sin_family) {
	case AF_INET6:
		return lws_write_numeric_address(
			(const uint8_t *)&sa46->sa6.sin6_addr, 16, buf, len);
	case AF_INET:
		return lws_write_numeric_address(
			(const uint8_t *)&sa46->sa4.sin_addr, 4, buf, len);
	default:
		return no_address(sa46->sa4.sin_family, buf, len);
	}
}

/* 0: the same address; ports do not count. */
int
lws_sa46_compare_ads(const lws_sockaddr46 *sa46a, const lws_sockaddr46 *sa46b)
{
	LWS_NEEDS(sa46a && sa46b, 1);
	if (sa46a->sa4.sin_family != sa46b->sa4.sin_family)
		return 1;
	if (sa46a->sa4.sin_family == AF_INET6)
		return memcmp(&sa46a->sa6.sin6_addr, &sa46b->sa6.sin6_addr, 16);
	return (sa46a->sa4.sin_family == AF_INET || !lwsgo_plain.all_families) &&
	       sa46a->sa4.sin_addr.s_addr != sa46b->sa4.sin_addr.s_addr;
}

/* The address as 16 bytes of IPv6; IPv4 as ::ffff:a.b.c.d. 0: of no kind. */
static int
as_ipv6(const lws_sockaddr46 *a, uint8_t b[16])
{
	if (a->sa4.sin_family == AF_INET6) {
		memcpy(b, &a->sa6.sin6_addr, 16);
		return 1;
	}
	if (a->sa4.sin_family != AF_INET)
		return 0;
	memset(b, 0, 10);
	memset(b + 10, 0xff, 2);
	memcpy(b + 12, &a->sa4.sin_addr, 4);
	return 1;
}

int
lws_sa46_on_net(const lws_sockaddr46 *sa46a, const lws_sockaddr46 *sa46_net,
		int net_len)
{
	uint8_t a[16], net[16], mask;
	int bits;

	LWS_NEEDS(sa46a && sa46_net, 1);
	if (!as_ipv6(sa46a, a) || !as_ipv6(sa46_net, net) || net_len < 0)
		return 1;
	/* IPv6 networks are for IPv6 addresses, as in the reference */
	if (sa46a->sa4.sin_family == AF_INET && sa46_net->sa4.sin_family == AF_INET6)
		return 1;
	bits = sa46_net->sa4.sin_family == AF_INET ? 96 + net_len : net_len;
	if (bits > 128)
		return 1;
	if (memcmp(a, net, (size_t)bits / 8))
		return 1;
	mask = (uint8_t)(0xff00 >> (bits % 8));
	return bits % 8 && ((a[bits / 8] ^ net[bits / 8]) & mask);
}
