/* SPDX-License-Identifier: MIT */
/**
 * \file lws-settings.h
 * Named settings that the platform stores. The functions are not in the
 * library.
 */

#define LSOOPEN_FLAG_WRITEABLE	(1 << 0)	/**< open to write */

struct lws_settings_ops;

/** A store in use. */
typedef struct {
	void				*handle_plat;	/**< the platform's */
	const struct lws_settings_ops	*so;		/**< its driver */
	uint8_t				refcount;	/**< users */

	void				*opaque_plat;	/**< the program's */
} lws_settings_instance_t;

/** A driver of a store. */
typedef struct lws_settings_ops {
	int (*get)(lws_settings_instance_t *si, const char *name,
		   uint8_t *dest, size_t *max_actual);
		/**< dest NULL: only the size */
	int (*set)(lws_settings_instance_t *si, const char *name,
		   const uint8_t *src, size_t len);
		/**< store a value */
} lws_settings_ops_t;

/** \name The platform's driver
 * Declared for source compatibility; not in the library.
 */
///@{
LWS_VISIBLE LWS_EXTERN int
lws_settings_plat_get(lws_settings_instance_t *si, const char *name,
		      uint8_t *dest, size_t *max_actual);

LWS_VISIBLE LWS_EXTERN int
lws_settings_plat_set(lws_settings_instance_t *si, const char *name,
		      const uint8_t *src, size_t len);

LWS_VISIBLE LWS_EXTERN int
lws_settings_plat_printf(lws_settings_instance_t *si, const char *name,
			 const char *format, ...) LWS_FORMAT(3);
///@}

/** Initializer for its members. */
#define lws_settings_ops_plat \
	.get = lws_settings_plat_get, \
	.set = lws_settings_plat_set,

/** \name Opening and closing
 * Declared for source compatibility; not in the library.
 */
///@{
LWS_VISIBLE LWS_EXTERN lws_settings_instance_t *
lws_settings_init(const lws_settings_ops_t *so, void *opaque_plat);

LWS_VISIBLE LWS_EXTERN void
lws_settings_deinit(lws_settings_instance_t **si);
///@}
