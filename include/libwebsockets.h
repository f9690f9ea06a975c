/* SPDX-License-Identifier: MIT
 *
 * The one header programs include: everything in libwebsockets/, in C and C++.
 *
 * A program makes a context (lws-context-vhost.h) with a list of protocols
 * (lws-protocols-plugins.h), calls lws_service() in a loop (lws-service.h), and does
 * its work in the protocols' callbacks (lws-callbacks.h), where it sends with
 * lws_write() (lws-write.h) after lws_callback_on_writable() (lws-writeable.h).
 *
 * Everything but lws_cancel_service() belongs on the service thread, unless its comment
 * says that any thread may call it.
 */

#ifndef LIBWEBSOCKET_H_3060898B846849FF9F88F5DB59B5950C
#define LIBWEBSOCKET_H_3060898B846849FF9F88F5DB59B5950C

#ifdef __cplusplus
#include <cstddef>
#include <cstdarg>
#else
#include <stdarg.h>
#endif

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lws_config.h"

#include <netdb.h>
#include <poll.h>
#include <sys/capability.h>
#include <sys/time.h>
#include <unistd.h>

#include <openssl/ssl.h>
#include <openssl/err.h>

/* For sources of v1.7 to v2.4 (lws-older.h). */
#if defined(LWS_USE_LIBUV)
#include <uv.h>
#endif
#if defined(LWS_USE_LIBEV)
#include <ev.h>
#endif
#if defined(LWS_USE_LIBEVENT)
#include <event2/event.h>
#endif

#ifdef __cplusplus
extern "C" {
#endif

struct lws_sequencer;
struct lws_dsh;
#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
/** A context. */
typedef struct lws_context *lws_ctx_t;
#endif

/*
 * Units. Times are microseconds as lws_usec_t.
 */

#define LWS_US_PER_SEC ((lws_usec_t)1000000)	/**< microseconds in a second */
#define LWS_MS_PER_SEC ((lws_usec_t)1000)	/**< milliseconds in a second */
#define LWS_US_PER_MS ((lws_usec_t)1000)	/**< microseconds in a millisecond */
#define LWS_NS_PER_US ((lws_usec_t)1000)	/**< nanoseconds in a microsecond */

#define LWS_KI (1024)				/**< 2^10 */
#define LWS_MI (LWS_KI * 1024)			/**< 2^20 */
#define LWS_GI (LWS_MI * 1024)			/**< 2^30 */
#define LWS_TI ((uint64_t)LWS_GI * 1024)	/**< 2^40 */
#define LWS_PI ((uint64_t)LWS_TI * 1024)	/**< 2^50 */

/** Microseconds to milliseconds, rounded. */
#define LWS_US_TO_MS(x) ((x + (LWS_US_PER_MS / 2)) / LWS_US_PER_MS)

/*
 * What differs between systems elsewhere
 */

/** An integer that holds a pointer. */
#define lws_intptr_t intptr_t

/** A function whose body is in the header. */
#define LWS_INLINE inline
#define LWS_O_RDONLY O_RDONLY	/**< open() for reading */
#define LWS_O_WRONLY O_WRONLY	/**< open() for writing */
#define LWS_O_CREAT O_CREAT	/**< make the file if there is none */
#define LWS_O_TRUNC O_TRUNC	/**< make it empty */

/** No file. */
#define LWS_INVALID_FILE -1
/** No socket. */
#define LWS_SOCK_INVALID (-1)

#if defined(__GNUC__)
#if __GNUC__ >= 4 || (__GNUC__ == 3 && __GNUC_MINOR__ >= 4)
/** Ignoring the result is a mistake: the compiler warns. */
#define LWS_WARN_UNUSED_RESULT __attribute__((warn_unused_result))
#else
#define LWS_WARN_UNUSED_RESULT
#endif
#if LWS_LIBRARY_VERSION_NUMBER < 4003000 || defined(LWS_BUILDING_SHARED)
/** Exported. */
#define LWS_VISIBLE __attribute__((visibility("default")))
#else
/** In a program nothing is. */
#define LWS_VISIBLE
#define LWS_EXTERN
#endif
/** Older: the compiler warns. */
#define LWS_WARN_DEPRECATED __attribute__ ((deprecated))
/** Argument `string_index` is a printf() format for those that follow. */
#define LWS_FORMAT(string_index) __attribute__ ((format(printf, string_index, string_index+1)))
#else
#define LWS_VISIBLE
#define LWS_WARN_UNUSED_RESULT
#define LWS_WARN_DEPRECATED
#define LWS_FORMAT(string_index)
#endif

#ifndef LWS_EXTERN
/** In front of every function. */
#define LWS_EXTERN extern
#endif

/* Locks for what the program's callbacks share, where they may come from several
 * service threads; nothing where LWS_MAX_SMP is 1. */
#if LWS_MAX_SMP > 1
#include <pthread.h>
/** Declares a lock: a member of a struct, or a variable. */
#define lws_pthread_mutex(name) pthread_mutex_t name;
/** Takes the lock's address, as those that follow; a failure is not told of. */
#define lws_pthread_mutex_init(_a) ((void)pthread_mutex_init((_a), NULL))
/** The lock is not used any more. */
#define lws_pthread_mutex_destroy(_a) ((void)pthread_mutex_destroy(_a))
/** Waits until the lock is free, and takes it. */
#define lws_pthread_mutex_lock(_a) ((void)pthread_mutex_lock(_a))
/** Gives it back. */
#define lws_pthread_mutex_unlock(_a) ((void)pthread_mutex_unlock(_a))
#else
#define lws_pthread_mutex(name)
#define lws_pthread_mutex_init(_a)
#define lws_pthread_mutex_destroy(_a)
#define lws_pthread_mutex_lock(_a)
#define lws_pthread_mutex_unlock(_a)
#endif

/** As port: a vhost for clients only. */
#define CONTEXT_PORT_NO_LISTEN -1
/** As port: a vhost that is set up as a server but does not listen itself. */
#define CONTEXT_PORT_NO_LISTEN_SERVER -2

#include <libwebsockets/lws-logs.h>

#ifndef lws_container_of
/** From a pointer P to member M of a struct T to the struct. */
#define lws_container_of(P, T, M) ((T *)((char *)(P) - offsetof(T, M)))
#endif

/** Raise x to a multiple of `bou`. */
#define LWS_ALIGN_TO(x, bou) x += ((bou) - ((x) % (bou))) % (bou)

#ifndef ARRAY_SIZE
/** Extension, from older generations: how many elements an array has. */
#define ARRAY_SIZE(x) (sizeof(x) / sizeof(x[0]))
#endif

struct lws;

/** \name Features
 * Defined, for programs that also support older generations: this one has it.
 */
///@{
#define LWS_FEATURE_SERVE_HTTP_FILE_HAS_OTHER_HEADERS_ARG
#define LWS_FEATURE_PROTOCOLS_HAS_ID_FIELD
#define LWS_FEATURE_PROTOCOLS_HAS_PEER_WRITE_ALLOWANCE
#define LWS_FEATURE_SERVE_HTTP_FILE_HAS_OTHER_HEADERS_LEN
#define LWS_FEATURE_FOPS
///@}

/** A socket. */
typedef int lws_sockfd_type;
/** Any other descriptor. */
typedef int lws_filefd_type;

#define lws_pollfd pollfd		/**< an entry of poll() */
#define LWS_POLLHUP (POLLHUP | POLLERR)	/**< it has ended */
#define LWS_POLLIN (POLLIN)		/**< it can be read */
#define LWS_POLLOUT (POLLOUT)		/**< it can be written to */

/** Microseconds. */
typedef int64_t lws_usec_t;

/** A place in a file. */
typedef unsigned long long lws_filepos_t;
/** A distance in a file. */
typedef long long lws_fileofs_t;
/** LWS_O_* and LWS_FOP_FLAG_*. */
typedef uint32_t lws_fop_flags_t;

/** Where to go on writing in array _t when _l bytes of it are left. */
#define lws_concat_temp(_t, _l) (_t + sizeof(_t) - _l)
/** How much of it is used. */
#define lws_concat_used(_t, _l) (sizeof(_t) - _l)

/** `in` of the *_POLL_FD callbacks. */
struct lws_pollargs {
	lws_sockfd_type fd;	/**< whose events these are */
	int events;		/**< what to watch for now */
	int prev_events;	/**< what was watched for before */
};

/* Opaque types and types of later headers. */
struct lws_extension;
struct lws_token_limits;
struct lws_protocols;
struct lws_context;
struct lws_tokens;
struct lws_vhost;
struct lws;

#include <libwebsockets/lws-dll2.h>
#include <libwebsockets/lws-timeout-timer.h>
#include <libwebsockets/lws-smd.h>
#include <libwebsockets/lws-state.h>
#include <libwebsockets/lws-retry.h>
#include <libwebsockets/lws-adopt.h>
#include <libwebsockets/lws-network-helper.h>
#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
#include <libwebsockets/lws-fault-injection.h>
#include <libwebsockets/lws-metrics.h>
#endif
#include <libwebsockets/lws-system.h>
#if LWS_LIBRARY_VERSION_NUMBER < 4003000
#include <libwebsockets/lws-detailed-latency.h>
#endif
#include <libwebsockets/lws-ws-close.h>
#include <libwebsockets/lws-callbacks.h>
#include <libwebsockets/lws-ws-state.h>
#include <libwebsockets/lws-ws-ext.h>
#include <libwebsockets/lws-protocols-plugins.h>
#include <libwebsockets/lws-context-vhost.h>
#include <libwebsockets/lws-client.h>
#include <libwebsockets/lws-http.h>
#include <libwebsockets/lws-spa.h>
#include <libwebsockets/lws-purify.h>
#include <libwebsockets/lws-misc.h>
#include <libwebsockets/lws-dsh.h>
#include <libwebsockets/lws-service.h>
#include <libwebsockets/lws-write.h>
#include <libwebsockets/lws-writeable.h>
#include <libwebsockets/lws-ring.h>
#include <libwebsockets/lws-sha1-base64.h>
#include <libwebsockets/lws-x509.h>
#include <libwebsockets/lws-cgi.h>
#include <libwebsockets/lws-vfs.h>
#include <libwebsockets/lws-lejp.h>
#if LWS_LIBRARY_VERSION_NUMBER < 4003000
#include <libwebsockets/lws-stats.h>
#endif
#include <libwebsockets/lws-struct.h>
#include <libwebsockets/lws-threadpool.h>
#include <libwebsockets/lws-tokenize.h>
#include <libwebsockets/lws-lwsac.h>
#include <libwebsockets/lws-fts.h>
#include <libwebsockets/lws-diskcache.h>
#include <libwebsockets/lws-sequencer.h>
#include <libwebsockets/lws-secure-streams.h>
#include <libwebsockets/lws-secure-streams-policy.h>
#include <libwebsockets/lws-secure-streams-client.h>
#include <libwebsockets/abstract/abstract.h>
#include <libwebsockets/lws-test-sequencer.h>
#include <libwebsockets/lws-async-dns.h>
#include <libwebsockets/lws-gencrypto.h>
#include <libwebsockets/lws-genhash.h>
#include <libwebsockets/lws-genrsa.h>
#include <libwebsockets/lws-genaes.h>
#include <libwebsockets/lws-genec.h>
#include <libwebsockets/lws-jwk.h>
#include <libwebsockets/lws-jose.h>
#include <libwebsockets/lws-jws.h>
#include <libwebsockets/lws-jwe.h>
#include <libwebsockets/lws-eventlib-exports.h>
#include <libwebsockets/lws-i2c.h>
#include <libwebsockets/lws-spi.h>
#include <libwebsockets/lws-gpio.h>
#include <libwebsockets/lws-bb-i2c.h>
#include <libwebsockets/lws-bb-spi.h>
#include <libwebsockets/lws-button.h>
#include <libwebsockets/lws-led.h>
#include <libwebsockets/lws-pwm.h>
#include <libwebsockets/lws-display.h>
#include <libwebsockets/lws-ssd1306-i2c.h>
#include <libwebsockets/lws-ili9341-spi.h>
#include <libwebsockets/lws-settings.h>
#include <libwebsockets/lws-netdev.h>
#include <libwebsockets/lws-older.h>
#include <libwebsockets/lws-newer.h>
#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
#include <libwebsockets/lws-secure-streams-logs.h>
#endif
#include <libwebsockets/lws-map.h>
#include <libwebsockets/lws-cache-ttl.h>
#include <libwebsockets/lws-lecp.h>
#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
#include <libwebsockets/lws-cose.h>
#endif
#include <libwebsockets/lws-conmon.h>
#include <libwebsockets/lws-tls-sessions.h>

#ifdef __cplusplus
}
#endif

#endif
