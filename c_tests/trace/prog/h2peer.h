/* SPDX-License-Identifier: MIT */
/* Peers that speak HTTP/2 frames over the bytes of peer.c. */
#ifndef H2PEER_H
#define H2PEER_H

#include "peer.h"

enum { H2_DATA, H2_HEADERS, H2_PRIORITY, H2_RST, H2_SETTINGS, H2_PUSH, H2_PING, H2_GOAWAY, H2_WINDOW, H2_CONT };
#define END_STREAM 1
#define END_HEADERS 4

/* What a peer wants to say of the frames it reads, besides heads and bodies. */
extern bool h2_show_resets, h2_show_settings;

/* A client's beginning: connects, sends the preface and SETTINGS. */
void h2_begin(peer *p);
/* A server's: accepts, sends SETTINGS (not empty: quirk 4). */
bool h2_serve(peer *p);
/* Frames gather until h2_flush, so that several leave in one packet. */
void h2_frame(int type, int flags, unsigned stream, const void *payload, size_t len);
/* A HEADERS frame of name, value pairs up to a NULL. */
void h2_head(int flags, unsigned stream, ...);
/* The head of a request. */
void h2_request(int flags, unsigned stream, const char *method, const char *path);
void h2_data(int flags, unsigned stream, const char *text);
void h2_window(unsigned stream, unsigned n);
void h2_flush(peer *p);
/* Reads frames until the stream ends (0: until the connection does); heads and
 * bodies are printed in the order of streams. Settings are acknowledged. */
bool h2_until(peer *p, unsigned stream);
/* Reads until a head came on a stream; its number, 0 at the end. */
unsigned h2_await_head(peer *p);
/* Reads DATA of the stream until n bytes came (WebSocket frames); prints them. */
bool h2_await_data(peer *p, unsigned stream, size_t n);

#endif
