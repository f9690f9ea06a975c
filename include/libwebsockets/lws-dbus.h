/* SPDX-License-Identifier: MIT */
/**
 * \file lws-dbus.h
 * D-Bus connections on our event loop. Not included by libwebsockets.h; the
 * functions are not in the library.
 */

#if !defined(__LWS_DBUS_H__)
#define __LWS_DBUS_H__

#include <dbus/dbus.h>

/** Takes a D-Bus message, and may set \p reply. */
typedef DBusHandlerResult (*lws_dbus_message_handler)(DBusConnection *conn,
			   DBusMessage *message, DBusMessage **reply, void *d);

struct lws_dbus_ctx;

/** Called when the connection has ended. */
typedef void (*lws_dbus_closing_t)(struct lws_dbus_ctx *ctx);

/** One D-Bus connection or server. */
struct lws_dbus_ctx {
	struct lws_dll2_owner owner;	/**< a server's connections */
	struct lws_dll2 next;		/**< place among them */
	struct lws_vhost *vh;		/**< the vhost it belongs to */
	int tsi;			/**< service thread index */
	DBusConnection *conn;		/**< the connection, or NULL */
	DBusServer *dbs;		/**< the server, or NULL */
	DBusWatch *w[4];		/**< what D-Bus waits for */
	DBusPendingCall *pc;		/**< for the program: call under way */

	char hup;			/**< 1: the peer has hung up */
	char timeouts;			/**< timeouts under way */

	lws_dbus_closing_t cb_closing;	/**< called at the end */
};

/** \name Functions
 * Declared for source compatibility; not in the library.
 */
///@{
LWS_VISIBLE LWS_EXTERN int
lws_dbus_connection_setup(struct lws_dbus_ctx *ctx, DBusConnection *conn,
			  lws_dbus_closing_t cb_closing);

LWS_VISIBLE LWS_EXTERN DBusServer *
lws_dbus_server_listen(struct lws_dbus_ctx *ctx, const char *ads,
		       DBusError *err, DBusNewConnectionFunction new_conn);
///@}

#endif
