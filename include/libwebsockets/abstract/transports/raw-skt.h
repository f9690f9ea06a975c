/* SPDX-License-Identifier: MIT */
/* Settings of the raw socket transport. */

enum {
	LTMI_PEER_V_DNS_ADDRESS = LTMI_TRANSPORT_BASE,	/**< name or address */
	LTMI_PEER_LV_PORT,				/**< port number */
	LTMI_PEER_LV_TLS_FLAGS,				/**< LCCSCF_ flags */
};
