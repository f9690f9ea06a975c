/* SPDX-License-Identifier: MIT
 *
 * How clients behave, by release of the original.
 */
#ifndef LWSGO_ABI_CLIENT_H
#define LWSGO_ABI_CLIENT_H

#define LWSGO_CLIENT_41                                                        \
	{                                                                      \
		.redirects = 3,                                                \
		.user_agent = "lwsss",                                         \
		.errors = {                                                    \
			.bind = "Unable to connect",                           \
			.certificate = "server's cert didn't look good, "      \
				       "X509_V_ERR = %d",                      \
			.no_name = "ipv6 lws_getaddrinfo46 failed",            \
			.options = "Unable to connect",                        \
			.proxy_denies = "proxy not h1",                        \
			.proxy_fails = "proxy not h1",                         \
			.refused = "Unable to connect",                        \
			.socket = "Unable to connect",                         \
			.tls = "connect SSL err %d",                           \
		},                                                             \
	}

#define LWSGO_CLIENT_43                                                        \
	{                                                                      \
		.connecting = 1,                                               \
		.default_vhost = 1,                                            \
		.redirects = 4,                                                \
		.registered_codes = 1,                                         \
		.reset_by_close = 1,                                           \
		.retries_lookup = 1,                                           \
		.secure_origin = 1,                                            \
		.errors = {                                                    \
			.bind = "conn fail: socket bind",                      \
			.certificate = "server's cert didn't look good, "      \
				       "%s X509_V_ERR = %d",                   \
			.no_answer = "Timed out waiting server reply",         \
			.no_name = "DNS NXDOMAIN",                             \
			.options = "conn fail: skt options: errno %d",         \
			.proxy_denies = "http_proxy -> %d",                    \
			.proxy_fails = "http_proxy fail",                      \
			.refused = "conn fail: %d",                            \
			.socket = "conn fail: skt creation: errno %d",         \
			.tls = "tls",                                          \
		},                                                             \
	}

#endif
