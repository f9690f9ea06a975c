/* SPDX-License-Identifier: MIT */
/* Abstract SMTP client: this build has none, so nothing is declared. */
