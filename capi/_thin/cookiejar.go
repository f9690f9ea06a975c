// SPDX-License-Identifier: MIT

// Package cookiejar stands in for net/http/cookiejar when the library is built. What
// golang.org/x/net/publicsuffix takes from there is this interface; the package itself brings net/http
// with all that it needs, crypto/tls and x509 too: 1.5 MB beside OpenSSL in every program.
package cookiejar

// PublicSuffixList is what publicsuffix.List implements.
type PublicSuffixList interface {
	PublicSuffix(domain string) string
	String() string
}
