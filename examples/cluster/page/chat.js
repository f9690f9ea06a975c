// SPDX-License-Identifier: MIT
//
// The chat in a browser. It comes back after a failure, with the id that it has last, and
// says again what was not acknowledged, under the same key; one at a time, so that they
// stay in order.
"use strict";

const $ = (id) => document.getElementById(id);
const random = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (b) => b.toString(16).padStart(2, "0")).join("");

const room = /^[\w.-]{1,64}$/.test(location.hash.slice(1)) ? location.hash.slice(1) : "lobby";
const who = random(); // a secret: who knows it could say things under our keys
const outbox = []; // { key, text, item }, the first is under way
let socket = null, joined = false, last = "", failures = 0, timer = 0, keys = 0;

$("room").textContent = room;
$("name").value = localStorage.getItem("name") || "guest " + random().slice(0, 3);
window.addEventListener("hashchange", () => location.reload());

function state(text, up) {
	$("state").textContent = text;
	$("state").className = up ? "up" : "";
}

function item(list, name, text, id) {
	const li = document.createElement("li");
	if (id) {
		const time = document.createElement("time");
		time.textContent = new Date(+id.split("-")[0]).toLocaleTimeString();
		li.append(time);
	}
	if (name) {
		const b = document.createElement("b");
		b.textContent = name;
		li.append(b);
	} else
		li.className = "note";
	li.append(text);
	const log = $("messages"), atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
	list.append(li);
	while (list.children.length > 1000)
		list.firstChild.remove();
	if (atEnd)
		log.scrollTop = log.scrollHeight;
	return li;
}

const send = (o) => socket.send(JSON.stringify(o));

function next() {
	if (joined && outbox.length)
		send({ t: "say", room, key: outbox[0].key, text: outbox[0].text });
}

const join = () => send({ t: "join", room, last });

const hear = {
	welcome(m) { state("connected to " + m.server, true); },
	joined() { joined = true; failures = 0; next(); },
	here(m) { $("here").textContent = m.n + " here"; },
	msg(m) { last = m.id; item($("messages"), m.from, m.text, m.id); },
	gap() { item($("messages"), "", "Older messages are gone: this was too long away."); },
	ack(m) {
		if (outbox.length && outbox[0].key === m.key) {
			outbox.shift().item.remove();
			next();
		}
	},
	nak(m) { later(next, m.why); },
	refused(m) { later(join, m.why); },
};

// later: the server is there, but cannot do it now.
function later(what, why) {
	const was = socket;
	state("waiting: " + why, false);
	setTimeout(() => {
		if (socket === was && socket && socket.readyState === WebSocket.OPEN) {
			state("connected", true);
			what();
		}
	}, 1000 + Math.random() * 1000);
}

function connect() {
	clearTimeout(timer);
	timer = 0;
	const s = socket = new WebSocket(location.origin.replace(/^http/, "ws") + "/chat", "cluster-chat");
	s.onopen = () => {
		send({ t: "hello", who, name: $("name").value || "guest" });
		join();
	};
	s.onmessage = (e) => {
		const m = JSON.parse(e.data);
		if (socket === s && hear[m.t])
			hear[m.t](m);
	};
	s.onclose = (e) => {
		if (socket !== s)
			return;
		joined = false;
		// A server that ends says 1001: the next one waits. Else: later and later.
		const wait = (e.code === 1001 ? 200 : Math.min(15000, 250 * 2 ** failures++)) * (0.5 + Math.random());
		state("away, back in " + Math.ceil(wait / 1000) + " s", false);
		timer = setTimeout(connect, wait);
	};
}

$("say").onsubmit = (e) => {
	e.preventDefault();
	localStorage.setItem("name", $("name").value);
	const text = $("text").value.trim();
	if (!text)
		return;
	$("text").value = "";
	outbox.push({ key: String(++keys), text, item: item($("waiting"), $("name").value, text) });
	if (outbox.length === 1)
		next();
};

$("name").onchange = () => {
	localStorage.setItem("name", $("name").value);
	if (socket && !outbox.length)
		socket.close(); // it comes back under the new name
};
window.addEventListener("online", () => timer && connect());
connect();
