// SPDX-License-Identifier: MIT

package engine

import (
	"strconv"
	"strings"
)

// ClientABI is how client connections behave.
type ClientABI struct {
	// Connecting: each attempt tells CONNECTING.
	Connecting bool
	// DefaultVhost: who names no vhost gets the one with the name "default".
	DefaultVhost bool
	// Redirects is how many a connection follows.
	Redirects int
	// RegisteredCodes: the close codes that were registered behind RFC 6455 (1012 to 1014)
	// are taken from servers.
	RegisteredCodes bool
	// ResetByClose: lws_client_reset only notes where to begin again, which is done when
	// the program ends the connection.
	ResetByClose bool
	// RetriesLookup: where nobody could tell of a name, it is looked up again.
	RetriesLookup bool
	// SecureOrigin: Origin has https where the connection is to have TLS.
	SecureOrigin bool
	// UserAgent is that of requests on HTTP/2, "" for none.
	UserAgent string
	Errors    ClientErrors
}

// ClientErrors are the first words of CLIENT_CONNECTION_ERROR, by what happened. In each
// "%d" stands for the number that the system, OpenSSL or the proxy gave.
type ClientErrors struct {
	Bind        string // there is no such interface or address of ours
	Certificate string // of the server is not good; "%s" stands for the kind of problem
	NoAnswer    string // came in time; "": it is no error, the connection is closed
	NoName      string // was found
	Options     string // of the socket cannot be set
	ProxyDenies string // what it was asked for
	ProxyFails  string // to speak HTTP/1, or hangs up
	Refused     string // by the network, later than at once
	Socket      string // cannot be made
	TLS         string // fails
}

// Numbered is words with a number where they have a place for it.
func Numbered(words string, n int) string {
	return strings.Replace(words, "%d", strconv.Itoa(n), 1)
}
