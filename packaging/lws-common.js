// SPDX-License-Identifier: MIT
//
// What pages of WebSocket programs share, for their HEAD:
//
//   <script src="/lws-common.js"></script>
//
// A page that shows whether its connection is there calls
// lws_gray_out(true, {zindex: "499"}) at its start and in onclose, and
// lws_gray_out(false) in onopen.
"use strict";

// Dims the page, or takes that back. The options, all of which may be left
// out: zindex (50), opacity in percent (70), bgcolor ("#000000"). May be called
// before the page has a body: it is then dimmed as soon as it has one.
function lws_gray_out(dim, options)
{
	const o = options || {};
	const id = "darkenScreenObject";
	let cover = document.getElementById(id);

	if (!document.body) {
		lws_gray_out.wanted = [dim, o];
		if (!lws_gray_out.waits) {
			lws_gray_out.waits = true;
			document.addEventListener("DOMContentLoaded", () => lws_gray_out(...lws_gray_out.wanted));
		}
		return;
	}
	lws_gray_out.wanted = [dim, o]; // the newest counts, also when the body has just come
	if (!cover) {
		cover = document.createElement("div");
		cover.id = id;
		document.body.appendChild(cover);
	}
	// A fixed cover follows scrolling and resizing by itself.
	Object.assign(cover.style, {
		position: "fixed", top: "0", left: "0", width: "100%", height: "100%",
		zIndex: o.zindex || 50,
		opacity: (o.opacity || 70) / 100,
		backgroundColor: o.bgcolor || "#000000",
		display: dim ? "block" : "none",
	});
}

// A WebSocket with a subprotocol.
function new_ws(url, protocol)
{
	return new WebSocket(url, protocol);
}

// What came from elsewhere and is to be put into HTML: a text that could begin
// an element is replaced as a whole.
function lws_san(s)
{
	return String(s).includes("<") ? "invalid string" : s;
}
