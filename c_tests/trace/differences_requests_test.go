// SPDX-License-Identifier: MIT

package trace

func init() {
	notOverTLS["names-client-raw"] = "the peer speaks plainly"
	const head = "<- content-type: text/html"
	served := []string{"FILTER_HTTP_CONNECTION @http '/abs'", "HTTP_BIND_PROTOCOL @http", "HTTP @http '/abs'",
		"  get: total 4 copy 4 /abs", "  host: total 10 copy 10 trace.test", "  args: total 3 copy 3 x=y", "  argument 0: 3 x=y",
		"  fragment past the end -1", "  by name: (none)", "  no such: (none)", "  custom -1", "  too small -1",
		"  method 0 uri /abs", "HTTP_DROP_PROTOCOL @http", "HTTP_BIND_PROTOCOL @http", "HTTP_DROP_PROTOCOL @http"}
	made := "SERVER_NEW_CLIENT_INSTANTIATED @http"
	alsoDiffer(map[string][]difference{"http-absolute-uri": {
		{185, "peer0", []string{"<- HTTP/1.0 403 Forbidden", head, "<- content-length: 173", "<- body 173 '" + page("403", "") + "'"},
			[]string{"<- HTTP/1.1 200 OK", head, "<- content-length: 177", "<- body 177 '" + page("200", "read") + "'"}, false},
		{185, "srv0", []string{made}, append([]string{made}, served...), false},
	}})
}
