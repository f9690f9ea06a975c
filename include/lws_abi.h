/* SPDX-License-Identifier: MIT
 *
 * Which interface a program gets that does not define LWS_ABI.
 */
#define LWS_ABI_DEFAULT 17
