/* SPDX-License-Identifier: MIT
 *
 * Logging. Nothing here needs a context; it may be used before fork() and in signal
 * handlers. Part of libwebsockets.h; include that.
 */

/* Levels: bits of a mask. */

#define LLL_ERR		(1 << 0)	/**< what went wrong and ends something */
#define LLL_WARN	(1 << 1)	/**< what looks wrong */
/** What an administrator wants to know; in so.19 each vhost and connection that comes
 * and goes, too. */
#define LLL_NOTICE	(1 << 2)
#define LLL_INFO	(1 << 3)	/**< what happens, in steps */
#define LLL_DEBUG	(1 << 4)	/**< the details */
#define LLL_PARSER	(1 << 5)	/**< each state of a parser */
#define LLL_HEADER	(1 << 6)	/**< headers */
#define LLL_EXT		(1 << 7)	/**< extensions */
#define LLL_CLIENT	(1 << 8)	/**< client connections */
#define LLL_LATENCY	(1 << 9)	/**< where time goes */
#define LLL_USER	(1 << 10)	/**< the program's own lines */
#define LLL_THREAD	(1 << 11)	/**< locks and threads */

/** How many levels there are. */
#define LLL_COUNT	(12)

/**
 * Write the start of a log line: "[year/month/day h:m:s:fraction] L: ".
 *
 * @param level  one LLL_* bit
 * @param p, len where to put it
 * @return its length; 0 and an empty string if `level` is not one
 */
LWS_VISIBLE LWS_EXTERN int
#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
lwsl_timestamp(int level, char *p, size_t len);
#else
lwsl_timestamp(int level, char *p, int len);
#endif

/**
 * Log a line, if its level is enabled. The lwsl_*() macros below are what programs use.
 *
 * @param filter one LLL_* bit
 * @param format as printf(); the line should end in "\n". Cut off at about 250 bytes
 */
LWS_VISIBLE LWS_EXTERN void _lws_log(int filter, const char *format, ...) LWS_FORMAT(2);

/** The same with a va_list. */
LWS_VISIBLE LWS_EXTERN void _lws_logv(int filter, const char *format, va_list vl);

/*
 * Levels that are compiled in. Without _DEBUG (that is, with NDEBUG) calls for the
 * others are nothing at all.
 */

#if defined(_DEBUG)
#if defined(LWS_WITH_NO_LOGS)
/** What is compiled in unless lws_config.h says otherwise. */
#define _LWS_LINIT (LLL_ERR | LLL_USER)
#else
#define _LWS_LINIT ((1 << LLL_COUNT) - 1)
#endif
#else
#define _LWS_LINIT (LLL_ERR | LLL_USER | LLL_WARN | LLL_NOTICE)
#endif

#define _LWS_LBS (LWS_LOGGING_BITFIELD_SET)	/**< levels that it adds */
#define _LWS_LBC (LWS_LOGGING_BITFIELD_CLEAR)	/**< and takes away */

/** What is compiled in after that. */
#define _LWS_ENABLED_LOGS (((_LWS_LINIT) | (_LWS_LBS)) & ~(_LWS_LBC))

/** \name Log lines
 * Log a line at the level of the name. Arguments as for printf(); the line should end
 * in "\n". A level that is not compiled in costs nothing: not even its arguments are
 * looked at.
 */
///@{

#if (_LWS_ENABLED_LOGS & LLL_ERR)
#define lwsl_err(...) _lws_log(LLL_ERR, __VA_ARGS__)
#else
#define lwsl_err(...) do {} while(0)
#endif

#if (_LWS_ENABLED_LOGS & LLL_WARN)
#define lwsl_warn(...) _lws_log(LLL_WARN, __VA_ARGS__)
#else
#define lwsl_warn(...) do {} while(0)
#endif

#if (_LWS_ENABLED_LOGS & LLL_NOTICE)
#define lwsl_notice(...) _lws_log(LLL_NOTICE, __VA_ARGS__)
#else
#define lwsl_notice(...) do {} while(0)
#endif

#if (_LWS_ENABLED_LOGS & LLL_INFO)
#define lwsl_info(...) _lws_log(LLL_INFO, __VA_ARGS__)
#else
#define lwsl_info(...) do {} while(0)
#endif

#if (_LWS_ENABLED_LOGS & LLL_DEBUG)
#define lwsl_debug(...) _lws_log(LLL_DEBUG, __VA_ARGS__)
#else
#define lwsl_debug(...) do {} while(0)
#endif

#if (_LWS_ENABLED_LOGS & LLL_PARSER)
#define lwsl_parser(...) _lws_log(LLL_PARSER, __VA_ARGS__)
#else
#define lwsl_parser(...) do {} while(0)
#endif

#if (_LWS_ENABLED_LOGS & LLL_HEADER)
#define lwsl_header(...) _lws_log(LLL_HEADER, __VA_ARGS__)
#else
#define lwsl_header(...) do {} while(0)
#endif

#if (_LWS_ENABLED_LOGS & LLL_EXT)
#define lwsl_ext(...) _lws_log(LLL_EXT, __VA_ARGS__)
#else
#define lwsl_ext(...) do {} while(0)
#endif

#if (_LWS_ENABLED_LOGS & LLL_CLIENT)
#define lwsl_client(...) _lws_log(LLL_CLIENT, __VA_ARGS__)
#else
#define lwsl_client(...) do {} while(0)
#endif

#if (_LWS_ENABLED_LOGS & LLL_LATENCY)
#define lwsl_latency(...) _lws_log(LLL_LATENCY, __VA_ARGS__)
#else
#define lwsl_latency(...) do {} while(0)
#endif

#if (_LWS_ENABLED_LOGS & LLL_THREAD)
#define lwsl_thread(...) _lws_log(LLL_THREAD, __VA_ARGS__)
#else
#define lwsl_thread(...) do {} while(0)
#endif

#if (_LWS_ENABLED_LOGS & LLL_USER)
#define lwsl_user(...) _lws_log(LLL_USER, __VA_ARGS__)
#else
#define lwsl_user(...) do {} while(0)
#endif

///@}

/** \name Hex dumps
 * Log bytes at the level of the name, 16 a line: (const void *buf, size_t len).
 */
///@{
#define lwsl_hexdump_err(...) lwsl_hexdump_level(LLL_ERR, __VA_ARGS__)
#define lwsl_hexdump_warn(...) lwsl_hexdump_level(LLL_WARN, __VA_ARGS__)
#define lwsl_hexdump_notice(...) lwsl_hexdump_level(LLL_NOTICE, __VA_ARGS__)
#define lwsl_hexdump_info(...) lwsl_hexdump_level(LLL_INFO, __VA_ARGS__)
#define lwsl_hexdump_debug(...) lwsl_hexdump_level(LLL_DEBUG, __VA_ARGS__)
///@}

/**
 * Log bytes, 16 a line, in hex and as text.
 *
 * @param level one LLL_* bit
 */
LWS_VISIBLE LWS_EXTERN void
lwsl_hexdump_level(int level, const void *vbuf, size_t len);

/** The same at LLL_DEBUG. */
LWS_VISIBLE LWS_EXTERN void
lwsl_hexdump(const void *buf, size_t len);

/** Nonzero on machines that store the highest byte first. */
static LWS_INLINE int lws_is_be(void)
{
	const int low_byte_clear = ~0xff;

	return *(const char *)&low_byte_clear;
}

/**
 * Choose what is logged and how. Process-wide; at first errors, warnings and notices go
 * to stderr.
 *
 * @param level		    LLL_* bits to enable; the others are off
 * @param log_emit_function called with each line; NULL: leave it as it is. It can be
 *			    called on any thread
 */
LWS_VISIBLE LWS_EXTERN void
lws_set_log_level(int level,
		  void (*log_emit_function)(int level, const char *line));

/** An emitter: syslog, with the priority that fits the level. */
LWS_VISIBLE LWS_EXTERN void
lwsl_emit_syslog(int level, const char *line);

/** The default emitter: stderr, with a timestamp, coloured on a terminal. */
LWS_VISIBLE LWS_EXTERN void
lwsl_emit_stderr(int level, const char *line);

/** An emitter: stderr without the timestamp. */
LWS_VISIBLE LWS_EXTERN void
lwsl_emit_stderr_notimestamp(int level, const char *line);

/** Nonzero if lines of this level are enabled. */
LWS_VISIBLE LWS_EXTERN int
lwsl_visible(int level);
