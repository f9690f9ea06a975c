// SPDX-License-Identifier: MIT

package main

import "strings"

// A topic is a part of the reference; below it are the headers, each with a title.
type topic struct {
	id, title string
	headers   [][2]string
}

// topics are in the order in which they are read. A header that is not here is at the
// end (TestTopics).
var topics = []topic{
	{"t_core", "Contexts, connections, the loop", [][2]string{
		{"libwebsockets.h", "The header, types, units"},
		{"lws-context-vhost.h", "Contexts and vhosts"},
		{"lws-protocols-plugins.h", "Protocols and plugins"},
		{"lws-callbacks.h", "The callback and its reasons"},
		{"lws-service.h", "Service loop"},
		{"lws-writeable.h", "Asking to write, flow control"},
		{"lws-write.h", "Sending"},
		{"lws-timeout-timer.h", "Timeouts and timers"},
		{"lws-client.h", "Client connections"},
		{"lws-retry.h", "Retries and validity"},
		{"lws-adopt.h", "Adopting descriptors, UDP"},
		{"lws-misc.h", "Buffers, strings, connections' properties"},
		{"lws-network-helper.h", "Addresses"},
		{"lws-logs.h", "Logging"},
		{"lws-system.h", "The system's state"},
		{"lws-state.h", "State machines"},
		{"lws-smd.h", "Messages in the process"},
		{"lws-async-dns.h", "Looking up names"},
		{"lws-conmon.h", "How a connection came about"},
		{"lws-eventlib-exports.h", "For plugins of event loops"},
	}},
	{"t_http", "HTTP", [][2]string{
		{"lws-http.h", "Files, headers, transactions"},
		{"lws-spa.h", "Forms"},
		{"lws-purify.h", "Making text safe"},
		{"lws-cgi.h", "CGI"},
		{"lws-vfs.h", "File operations"},
		{"lws-cache-ttl.h", "Caches"},
	}},
	{"t_ws", "WebSocket", [][2]string{
		{"lws-ws-state.h", "Where in a message"},
		{"lws-ws-close.h", "Closing"},
		{"lws-ws-ext.h", "Extensions: compression"},
	}},
	{"t_tls", "TLS and certificates", [][2]string{
		{"lws-x509.h", "Certificates"},
		{"lws-tls-sessions.h", "Sessions of clients"},
	}},
	{"t_util", "Utilities", [][2]string{
		{"lws-dll2.h", "Lists"},
		{"lws-ring.h", "Rings"},
		{"lws-dsh.h", "Disordered heaps"},
		{"lws-lwsac.h", "Chunked allocation"},
		{"lws-map.h", "Maps"},
		{"lws-threadpool.h", "Thread pools"},
		{"lws-sequencer.h", "Sequencers"},
		{"lws-lejp.h", "JSON"},
		{"lws-struct.h", "JSON to and from structs"},
		{"lws-lecp.h", "CBOR"},
		{"lws-tokenize.h", "Tokens"},
		{"lws-fts.h", "Full text search"},
		{"lws-diskcache.h", "Disk caches"},
		{"lws-sha1-base64.h", "SHA-1, base64"},
	}},
	{"t_older", "Other generations", [][2]string{
		{"lws-older.h", "What older sources call"},
		{"lws-newer.h", "What newer sources call"},
	}},
	{"t_crypto", "Declared only: cryptography", [][2]string{
		{"lws-gencrypto.h", "Keys"},
		{"lws-genhash.h", "Hashes"},
		{"lws-genrsa.h", "RSA"},
		{"lws-genaes.h", "AES"},
		{"lws-genec.h", "Elliptic curves"},
		{"lws-jwk.h", "JWK"},
		{"lws-jose.h", "JOSE"},
		{"lws-jws.h", "JWS"},
		{"lws-jwe.h", "JWE"},
		{"lws-cose.h", "COSE"},
	}},
	{"t_ss", "Declared only: secure streams, MQTT, D-Bus", [][2]string{
		{"lws-secure-streams.h", "Secure streams"},
		{"lws-secure-streams-policy.h", "Policies"},
		{"lws-secure-streams-client.h", "Clients of a proxy"},
		{"lws-secure-streams-logs.h", "Log lines about streams"},
		{"lws-mqtt.h", "MQTT"},
		{"lws-dbus.h", "D-Bus"},
		{"abstract.h", "Abstract connections"},
		{"protocols.h", "Their protocols"},
		{"transports.h", "Their transports"},
		{"smtp.h", "SMTP"},
		{"raw-skt.h", "Raw sockets"},
		{"unit-test.h", "Unit tests"},
		{"lws-test-sequencer.h", "Sequences of tests"},
	}},
	{"t_build", "Declared only: measurements and faults", [][2]string{
		{"lws-stats.h", "Statistics"},
		{"lws-detailed-latency.h", "Latencies"},
		{"lws-metrics.h", "Metrics"},
		{"lws-fault-injection.h", "Faults on purpose"},
	}},
	{"t_drivers", "Declared only: embedded systems", [][2]string{
		{"lws-netdev.h", "Network devices"},
		{"lws-settings.h", "Settings"},
		{"lws-i2c.h", "I2C"},
		{"lws-spi.h", "SPI"},
		{"lws-gpio.h", "Pins"},
		{"lws-bb-i2c.h", "I2C by pins"},
		{"lws-bb-spi.h", "SPI by pins"},
		{"lws-button.h", "Buttons"},
		{"lws-led.h", "Lights"},
		{"lws-pwm.h", "Pulse widths"},
		{"lws-display.h", "Displays"},
		{"lws-ssd1306-i2c.h", "The SSD1306 display"},
		{"lws-ili9341-spi.h", "The ILI9341 display"},
	}},
}

// notHere are headers for other systems, which include what no Linux has.
var notHere = map[string]bool{"lws-freertos.h": true, "lws-optee.h": true}

// groupOf is the name of a header's part in the reference: lws-ring.h, g_ring.
func groupOf(header string) string {
	name := strings.TrimSuffix(strings.TrimPrefix(header, "lws-"), ".h")
	return "g_" + strings.ReplaceAll(name, "-", "_")
}

// groups is the text in which doxygen is told of the topics.
func groups() string {
	var b strings.Builder
	for _, t := range topics {
		b.WriteString("/** @defgroup " + t.id + " " + t.title + " */\n")
		for _, h := range t.headers {
			b.WriteString("/** @defgroup " + groupOf(h[0]) + " " + h[1] + "\n * @ingroup " + t.id + "\n */\n")
		}
	}
	return b.String()
}
