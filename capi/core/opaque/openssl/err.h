/* SPDX-License-Identifier: MIT
 *
 * Nothing: see ssl.h.
 */
