// SPDX-License-Identifier: MIT
//
// Drives the original test server with node's ws: ws_peer.js PORT. Prints
// "all done" and exits with 0, or says what went wrong and exits with 1.
'use strict';
const WebSocket = require('ws');
const base = `ws://127.0.0.1:${process.argv[2]}/`;

function fail(why) {
	console.log(why);
	process.exit(1);
}
setTimeout(() => fail('not finished after 25 s'), 25000).unref();

// open gives a connected socket whose next() resolves with the next message.
function open(path, protocol, perMessageDeflate) {
	return new Promise((resolve, reject) => {
		const ws = new WebSocket(base + path, protocol, { perMessageDeflate });
		const got = [], waiting = [];
		ws.on('message', (data) => {
			if (waiting.length) waiting.shift()(data.toString());
			else got.push(data.toString());
		});
		ws.next = () => new Promise((r) => got.length ? r(got.shift()) : waiting.push(r));
		ws.ended = new Promise((r) => ws.on('close', (code, reason) => r([code, reason.toString()])));
		ws.on('error', reject);
		ws.on('open', () => resolve(ws));
	});
}

function check(ok, why) {
	if (!ok) throw new Error(why);
}

async function increment(deflate) {
	const ws = await open('', 'dumb-increment-protocol', deflate);
	// Its receive buffer is too small for compression: 10 bytes, where 128 are asked for.
	check(ws.extensions === '', `extensions: ${ws.extensions}`);
	for (let i = 0; i < 10; i++) {
		const m = await ws.next();
		check(m === String(i), `number ${m}, not ${i}`);
	}
	ws.send('a'.repeat(9000)); // ignored, in many callbacks
	ws.send('reset\n');
	let m = await ws.next();
	for (let i = 0; m !== '0'; i++) {
		check(i < 8, `no reset: ${m}`);
		m = await ws.next();
	}
	ws.send('closeme\n');
	const [code, reason] = await ws.ended;
	check(code === 1001 && reason === 'seeya', `closed with ${code} ${reason}`);
}

async function mirror(deflate) {
	const a = await open('?mirror=node', 'lws-mirror-protocol', deflate);
	const b = await open('?mirror=node', 'lws-mirror-protocol', deflate);
	check(a.extensions === '', `extensions: ${a.extensions}`); // its callback refuses them
	for (let i = 0; i < 20; i++) {
		const stroke = `d #${i} ${'1 2 3 4;'.repeat(i)}`;
		a.send(stroke);
		for (const ws of [a, b]) {
			let m = '';
			while (m.length < stroke.length) m += await ws.next();
			check(m === stroke, `sent ${stroke}, mirrored ${m}`);
		}
	}
	let pongs = 0;
	a.on('pong', (data) => { if (data.toString() === 'are you there') pongs++; });
	a.ping('are you there');
	a.send('after the ping');
	check(await a.next() === 'after the ping', 'no mirror after the ping');
	check(pongs === 1, `${pongs} pongs`);
	for (const ws of [a, b]) {
		ws.close(3000, 'Bye!');
		const [code] = await ws.ended;
		check(code === 3000, `closed with ${code}`);
	}
}

async function status(deflate) {
	const ws = await open('', 'lws-status', deflate);
	check(ws.extensions.includes('permessage-deflate') === deflate, `extensions: ${ws.extensions}`);
	const s = JSON.parse((await ws.next()).replace(/^\0/, ''));
	check(s.version && s.conns.length === 1 && s.conns[0].peer, JSON.stringify(s));
	ws.send('x'.repeat(5000));
	ws.terminate();
}

(async () => {
	for (const deflate of [false, true]) {
		await increment(deflate);
		await mirror(deflate);
		await status(deflate);
	}
	console.log('all done');
	process.exit(0);
})().catch((e) => fail(e.message));
