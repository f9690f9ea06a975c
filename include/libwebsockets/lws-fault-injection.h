/* SPDX-License-Identifier: MIT
 *
 * Faults that tests make the library have on purpose. Debian's build and this one leave
 * them out: code that asks whether to fail is told "no" by the compiler. Part of
 * libwebsockets.h; include that. What it has besides, lws_xos(), is in lws-newer.h.
 */

/** Should the fault of this name happen now? (the faults of an object, its name) */
#define lws_fi(_fi_name, _fic) (0)
/** \name Faults of objects
 * Should it for a connection, a context, a secure stream, one through a proxy?
 */
///@{
#define lws_fi_user_wsi_fi(_wsi, _name) (0)
#define lws_fi_user_context_fi(_wsi, _name) (0)
#define lws_fi_user_ss_fi(_h, _name) (0)
#define lws_fi_user_sspc_fi(_h, _name) (0)
///@}

/** \name Sets of faults
 * Take faults from text, hand them on to a new object, forget them: nothing.
 */
///@{
#define lws_fi_deserialize(_x, _y)
#define lws_fi_inherit_copy(_a, _b, _c, _d)
#define lws_fi_destroy(_x)
///@}
