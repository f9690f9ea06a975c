// SPDX-License-Identifier: MIT

package engine

// AdoptFlags is lws_adoption_type: what a descriptor is and what it speaks.
type AdoptFlags int

// The flags of lws_adopt_descriptor_vhost.
const (
	AdoptHTTP         AdoptFlags = 1
	AdoptSocket       AdoptFlags = 2
	AdoptAllowSSL     AdoptFlags = 4
	AdoptUDP          AdoptFlags = 16
	AdoptFlagRawProxy AdoptFlags = 32
)
