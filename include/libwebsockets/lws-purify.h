/* SPDX-License-Identifier: MIT */
/**
 * \file lws-purify.h
 * Making foreign strings safe to put into SQL, JSON or a file name, and small
 * file helpers.
 */

/**
 * Copy a string, doubling every ' for use inside a quoted SQL string.
 *
 * \param escaped: for the result, always ended by NUL
 * \param string: the string
 * \param len: room at \p escaped; what does not fit is cut off
 *
 * Returns \p escaped. Bound parameters of the database are the better way.
 */
LWS_VISIBLE LWS_EXTERN const char *
#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
lws_sql_purify(char *escaped, const char *string, size_t len);
#else
lws_sql_purify(char *escaped, const char *string, int len);
#endif

/** Declared for source compatibility; not in the library. */
int
lws_sql_purify_len(const char *p);

/**
 * Copy a string, escaped for use inside a JSON string (RFC 8259 §7). Besides
 * what must be escaped, every byte above 127 becomes \u00XX.
 *
 * \param escaped: for the result, always ended by NUL
 * \param string: the string; NULL counts as empty
 * \param len: room at \p escaped; copying stops at 6 bytes from its end
 * \param in_used: NULL, or set to how much of \p string was used
 *
 * Returns \p escaped.
 */
LWS_VISIBLE LWS_EXTERN const char *
lws_json_purify(char *escaped, const char *string, int len, int *in_used);

/** At most how long \p string can get in lws_json_purify(), without the NUL. */
LWS_VISIBLE LWS_EXTERN int
lws_json_purify_len(const char *string);

/**
 * Change, in place, each pair ".." to "__" and each of : \ $ % to "_". A slash
 * stays.
 */
LWS_VISIBLE LWS_EXTERN void
lws_filename_purify_inplace(char *filename);

/**
 * Write a certificate or key to an open file, flush it to the disk, and go
 * back to the file's beginning.
 *
 * \param vhost: the vhost it is for
 * \param is_key: nonzero for a key
 * \param fd: the file
 * \param buf: what to write
 * \param len: how many bytes
 *
 * Returns 0, or 1 on failure.
 */
LWS_VISIBLE LWS_EXTERN int
#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
lws_plat_write_cert(struct lws_vhost *vhost, int is_key, int fd, void *buf,
		    size_t len);
#else
lws_plat_write_cert(struct lws_vhost *vhost, int is_key, int fd, void *buf,
		    int len);
#endif

/**
 * Make or overwrite a file (mode 0600) with \p len bytes.
 *
 * Returns 0, or 1 on failure.
 */
LWS_VISIBLE LWS_EXTERN int
#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
lws_plat_write_file(const char *filename, void *buf, size_t len);
#else
lws_plat_write_file(const char *filename, void *buf, int len);
#endif

/**
 * Read up to \p len bytes from the start of a file.
 *
 * Returns how many were read, or -1 on failure.
 */
LWS_VISIBLE LWS_EXTERN int
#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
lws_plat_read_file(const char *filename, void *buf, size_t len);
#else
lws_plat_read_file(const char *filename, void *buf, int len);
#endif

/** Key length in bits that is a fair choice for RSA on this machine. */
LWS_VISIBLE LWS_EXTERN int
lws_plat_recommended_rsa_bits(void);
