/* SPDX-License-Identifier: MIT
 *
 * Stands in for libdbus' header, so that lws-dbus.h can be compared on a
 * machine without it: the names that lws-dbus.h mentions, as opaque types.
 */
#ifndef ABI_TEST_DBUS_H
#define ABI_TEST_DBUS_H
typedef enum { DBUS_HANDLER_RESULT_HANDLED } DBusHandlerResult;
typedef struct DBusConnection DBusConnection;
typedef struct DBusMessage DBusMessage;
typedef struct DBusServer DBusServer;
typedef struct DBusWatch DBusWatch;
typedef struct DBusPendingCall DBusPendingCall;
typedef struct DBusError DBusError;
typedef void (*DBusNewConnectionFunction)(DBusServer *, DBusConnection *, void *);
#endif
