// Looks at a page of plateau as a reader's browser shows it: node page.mjs PAGE.html [FOLDER]
// Drives chromium over its debugging pipe, without packages. Prints "ok NAME" or "not ok NAME: WHY"
// lines; with a FOLDER, pictures of what it saw and a PDF are left there. PLOTS=none in the
// environment: the page has no pictures. PAGE_OF=needs: it is one of requirements, capacity or I/O, which
// has no table by level. POINTS=none: no point says what it is.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const file = resolve(process.argv[2]);
const folder = process.argv[3];
const page_url = pathToFileURL(file).href;
const is_of_needs = process.env.PAGE_OF === 'needs';
const has_points = process.env.POINTS !== 'none';
const patience_ms = 240000; // a guard only: a busy machine takes its time

function check(name, is_good, why = '') {
	console.log(is_good ? `ok ${name}` : `not ok ${name}: ${String(why).replace(/\s+/g, ' ').slice(0, 600)}`);
}

// ---- chromium ----------------------------------------------------------------------------------
const profile = mkdtempSync(join(tmpdir(), 'plateau-browser.'));
const chromium = spawn(process.env.CHROMIUM ?? 'chromium', [
	'--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run',
	'--disable-background-networking', '--disable-component-update', '--disable-sync',
	`--user-data-dir=${profile}`, '--remote-debugging-pipe', 'about:blank',
], { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
const wanted = new Map();
const listeners = new Set();
let number = 0;
let rest = Buffer.alloc(0);

chromium.stdio[4].on('data', (bytes) => {
	rest = Buffer.concat([rest, bytes]);
	for (let end; (end = rest.indexOf(0)) >= 0; rest = rest.subarray(end + 1)) {
		const message = JSON.parse(rest.subarray(0, end).toString());
		if (message.id) {
			const { fulfil, fail } = wanted.get(message.id);
			wanted.delete(message.id);
			message.error ? fail(new Error(message.error.message)) : fulfil(message.result);
		} else {
			for (const listener of listeners) listener(message);
		}
	}
});

function wait(ms) {
	return new Promise((fulfil) => setTimeout(fulfil, ms));
}

function send(method, params = {}, sessionId = undefined) {
	return new Promise((fulfil, fail) => {
		wanted.set(++number, { fulfil, fail });
		chromium.stdio[3].write(JSON.stringify({ id: number, method, params, sessionId }) + '\0');
	});
}

function leave(code) {
	clearTimeout(watchdog);
	chromium.once('exit', async () => {
		// Its helpers end after it, and may still write: on a busy machine for seconds.
		for (let tries = 0; tries < 100; tries++) {
			try {
				rmSync(profile, { recursive: true, force: true });
				break;
			} catch {
				await wait(100);
			}
		}
		process.exit(code);
	});
	chromium.kill('SIGKILL');
}
const watchdog = setTimeout(() => { check('the browser answers', false, 'it does not'); leave(1); }, patience_ms);

// ---- one look at the page ----------------------------------------------------------------------
// What was fetched beyond the page itself, and what the console said, is collected.
async function open({ width, height = 900, scheme = 'light', has_scripts = true }) {
	const { targetId } = await send('Target.createTarget', { url: 'about:blank' });
	const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true });
	const look = { requests: [], said: [] };
	const loaded = new Promise((fulfil) => {
		listeners.add(({ method, params, sessionId: from }) => {
			if (from !== sessionId) return;
			if (method === 'Page.loadEventFired') fulfil();
			if (method === 'Network.requestWillBeSent' && params.request.url !== page_url &&
			    !params.request.url.startsWith('data:'))
				look.requests.push(params.request.url);
			if (method === 'Log.entryAdded') look.said.push(params.entry.text);
			if (method === 'Runtime.exceptionThrown')
				look.said.push(params.exceptionDetails.exception?.description ?? params.exceptionDetails.text);
			if (method === 'Runtime.consoleAPICalled')
				look.said.push(params.args.map((a) => a.value).join(' '));
		});
	});
	look.send = (method, params) => send(method, params, sessionId);
	look.close = () => send('Target.closeTarget', { targetId });
	look.run = async (code) => {
		const { result, exceptionDetails } = await look.send('Runtime.evaluate', {
			expression: `(${code})()`, returnByValue: true, awaitPromise: true,
		});
		if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
		return result.value;
	};
	for (const domain of ['Page', 'Network', 'Log', 'Runtime']) await look.send(`${domain}.enable`);
	await look.send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false });
	await look.send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] });
	if (!has_scripts) await look.send('Emulation.setScriptExecutionDisabled', { value: true });
	await look.send('Page.navigate', { url: page_url });
	await loaded;
	return look;
}

async function picture(look, name) {
	if (!folder) return;
	const { data } = await look.send('Page.captureScreenshot', { format: 'png', captureBeyondViewport: true });
	writeFileSync(join(folder, `${name}.png`), Buffer.from(data, 'base64'));
}

// ---- what is looked for ------------------------------------------------------------------------
// In the page; each returns something small. Written as functions, sent as text.

const count_parts = () => ({
	plots: document.querySelectorAll('figure.plot').length,
	drawn: document.querySelectorAll('figure.plot svg').length,
	empty: [...document.querySelectorAll('figure.plot svg')]
		.filter((svg) => svg.getBoundingClientRect().width < 100 || svg.getElementsByTagName('path').length === 0)
		.map((svg) => svg.getAttribute('aria-label')),
	unnamed: [...document.querySelectorAll('figure.plot svg')].filter((svg) => !svg.getAttribute('aria-label')).length,
	wordless: [...document.querySelectorAll('figure.plot')]
		.filter((plot) => !plot.querySelector('.words') || !plot.querySelector('details table'))
		.map((plot) => plot.id),
	missing: document.querySelectorAll('.missing').length,
	squares: document.querySelectorAll('.node-grid .grid > .cell').length,
	silent: [...document.querySelectorAll('.node-grid .grid > .cell')]
		.filter((cell) => !(cell.title || cell.dataset.tip) || !cell.textContent.trim()).length,
	sections: document.querySelectorAll('section').length,
	tables: document.querySelectorAll('table').length,
	text: document.querySelector('main').textContent.length,
	buttons: document.querySelectorAll('button').length,
	scripts: document.querySelectorAll('script').length,
	handlers: [...document.querySelectorAll('*')].filter((e) =>
		e.getAttributeNames().some((name) => name.startsWith('on'))).length,
	outward: [...document.querySelectorAll('[src], [href], [action], [data], [poster]')]
		.map((e) => e.getAttribute('src') ?? e.getAttribute('href') ?? '')
		.filter((to) => !to.startsWith('#') && !to.startsWith('data:')),
	twice: (() => {
		const seen = new Set();
		return [...document.querySelectorAll('[id]')].map((e) => e.id).filter((id) => seen.size === seen.add(id).size);
	})(),
	hacked: typeof window.hacked,
});

// Whatever sticks out of the page sideways, but for what is in a box that scrolls.
const find_wide = () => {
	const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
	if (wide <= 0) return [];
	return [...document.querySelectorAll('body *')]
		.filter((e) => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.scroll, nav, .picture'))
		.slice(0, 5).map((e) => `${e.tagName}.${e.className} ${e.textContent.slice(0, 40)}`);
};

// Contrast after WCAG 2.1, 1.4.3: 4.5, or 3 for large text.
const find_faint = () => {
	const parse = (color) => (color.match(/[\d.]+/g) ?? []).map(Number);
	const light = ([r, g, b]) => [r, g, b]
		.map((c) => (c / 255 <= 0.03928 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4))
		.reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
	const ground = (e) => {
		for (let at = e; at; at = at.parentElement) {
			const color = parse(getComputedStyle(at).backgroundColor);
			if (color.length === 3 || color[3] > 0.99) return color;
		}
		return [255, 255, 255];
	};
	const faint = new Map();
	const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	while (walker.nextNode()) {
		const e = walker.currentNode.parentElement;
		if (!walker.currentNode.data.trim() || !e.getClientRects().length || e.closest('script, style')) continue;
		const style = getComputedStyle(e);
		const ink = parse(e instanceof SVGElement ? style.fill : style.color);
		if (ink.length < 3) continue;
		const [a, b] = [light(ink), light(ground(e))].sort((x, y) => y - x);
		const size = parseFloat(style.fontSize);
		const is_large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
		const ratio = (a + 0.05) / (b + 0.05);
		if (ratio < (is_large ? 3 : 4.5)) faint.set(`${e.tagName}.${e.getAttribute('class')} ${style.color}`, ratio.toFixed(2));
	}
	return [...faint].slice(0, 8).map((pair) => pair.join(' '));
};

const ground_of = () => {
	const [r, g, b] = getComputedStyle(document.body).backgroundColor.match(/\d+/g).map(Number);
	return (r + g + b) / 3;
};

// Clicks the head of a column twice; returns what stood in it each time.
const sort_twice = () => {
	const table = document.querySelector('.throughput table.sortable, .measures table.sortable, .all table.sortable');
	if (!table) return null;
	const head = [...table.tHead.rows[0].cells].findIndex((cell) => /tasks|of its class/.test(cell.textContent));
	const cell = table.tHead.rows[0].cells[head];
	const column = () => [...table.tBodies[0].rows].map((row) => row.cells[head].textContent.trim());
	const seen = { before: column(), sorts: [] };
	for (let i = 0; i < 2; i++) {
		cell.querySelector('button').click();
		seen.sorts.push({ order: cell.getAttribute('aria-sort'), column: column() });
	}
	return seen;
};

const is_ordered = (column, sign) => {
	const numbers = column.map(parseFloat);
	const known = numbers.filter((n) => !Number.isNaN(n));
	return known.every((n, i) => i === 0 || sign * (n - known[i - 1]) >= 0) &&
		numbers.slice(0, known.length).every((n) => !Number.isNaN(n));
};

const find_tip = () => {
	const at = [...document.querySelectorAll('.plot svg [data-tip]')].find((e) => e.getBoundingClientRect().width > 0);
	if (!at) return null;
	at.scrollIntoView({ block: 'center' });
	const box = at.getBoundingClientRect();
	return { x: box.left + box.width / 2, y: box.top + box.height / 2 };
};

const find_square = () => {
	const at = document.querySelector('.node-grid .grid > .cell');
	if (!at) return null;
	at.scrollIntoView({ block: 'center' });
	const box = at.getBoundingClientRect();
	return { x: box.left + box.width / 2, y: box.top + box.height / 2 };
};

const read_tip = () => {
	const tip = document.getElementById('tip');
	const box = tip.getBoundingClientRect();
	return { text: tip.hidden ? '' : tip.textContent, inside: box.right <= innerWidth && box.bottom <= innerHeight };
};

// ---- the looks ---------------------------------------------------------------------------------
async function look_at(width, scheme) {
	const name = `${width} wide, ${scheme}`;
	const look = await open({ width, scheme });
	const parts = await look.run(count_parts);
	const wide = await look.run(find_wide);
	const faint = await look.run(find_faint);
	const ground = await look.run(ground_of);
	await picture(look, `${width}-${scheme}`);
	check(`${name}: nothing is fetched`, look.requests.length === 0, look.requests);
	check(`${name}: the console is silent`, look.said.length === 0, look.said);
	check(`${name}: every plot is drawn`,
		process.env.PLOTS === 'none' || (parts.plots > 0 && parts.drawn === parts.plots && parts.missing === 0 &&
		parts.empty.length === 0), JSON.stringify(parts));
	check(`${name}: every plot has a name, words and figures`, parts.unnamed === 0 && parts.wordless.length === 0,
		parts.wordless);
	check(`${name}: every square of a grid has a sign and says what it is`, parts.silent === 0, parts.silent);
	check(`${name}: the page is not wider than its window`, wide.length === 0, wide);
	check(`${name}: letters stand out from their ground`, faint.length === 0, faint);
	check(`${name}: the ground is ${scheme}`, scheme === 'dark' ? ground < 60 : ground > 200, ground);
	await look.close();
	return parts;
}

async function look_without_scripts(parts) {
	const look = await open({ width: 1400, has_scripts: false });
	const bare = await look.run(count_parts);
	await picture(look, 'no-scripts');
	check('without scripts: nothing runs', bare.buttons === 0, bare.buttons);
	check('without scripts: all sections, tables and plots are there',
		['sections', 'tables', 'plots', 'drawn', 'squares', 'silent'].every((key) => bare[key] === parts[key]), JSON.stringify(bare));
	check('without scripts: nothing is fetched', look.requests.length === 0, look.requests);
	await look.close();
}

async function look_at_structure(parts) {
	check('one script, ours', parts.scripts === 1, parts.scripts);
	check('no attribute runs anything', parts.handlers === 0, parts.handlers);
	check('nothing points outside the page', parts.outward.length === 0, parts.outward);
	check('every id is there once', parts.twice.length === 0, parts.twice);
	check('no text of the result ran', parts.hacked === 'undefined', parts.hacked);
}

// What is said while the mouse is on a place, and that nothing is afterwards.
async function hover(look, place, name) {
	// Scrolling there ends whatever is said; on a busy machine that comes late.
	let tip = { text: '' };
	for (let i = 0; i < 20 && !tip.text; i++) {
		await wait(100);
		await look.send('Input.dispatchMouseEvent', { type: 'mouseMoved', x: place.x, y: place.y + (i % 2) * 0.2 });
		await wait(50);
		tip = await look.run(read_tip);
	}
	check(`${name} says what it is`, tip.text.length > 0 && tip.inside, JSON.stringify(tip));
	await look.send('Input.dispatchMouseEvent', { type: 'mouseMoved', x: 2, y: 2 });
	await wait(100);
	check(`${name} is silent afterwards`, (await look.run(read_tip)).text === '');
}

async function use(width) {
	const look = await open({ width });
	const seen = await look.run(sort_twice);
	if (seen || !is_of_needs) {
		const { before, sorts } = seen;
		check(`${width} wide: a table sorts up`, sorts[0].order === 'ascending' && is_ordered(sorts[0].column, 1),
			JSON.stringify(sorts[0]));
		check(`${width} wide: and down`, sorts[1].order === 'descending' && is_ordered(sorts[1].column, -1),
			JSON.stringify(sorts[1]));
		check(`${width} wide: no row is lost`, [...before].sort().join() === [...sorts[1].column].sort().join(), before);
	}
	const point = await look.run(find_tip);
	if (point) await hover(look, point, `${width} wide: a point`);
	else if (has_points) check(`${width} wide: a point says what it is`, process.env.PLOTS === 'none', 'no point has a text');
	const square = await look.run(find_square);
	if (square) await hover(look, square, `${width} wide: a square`);
	const light = await look.run(ground_of);
	await look.run(() => document.querySelector('.theme').click());
	const dark = await look.run(ground_of);
	check(`${width} wide: light turns dark by its button`, light > 200 && dark < 60, `${light} ${dark}`);
	check(`${width} wide: in use the console is silent`, look.said.length === 0, look.said);
	await look.close();
}

// Turned dark by its button, it still prints dark on white.
async function print() {
	const look = await open({ width: 1400, scheme: 'dark' });
	await look.send('Emulation.setEmulatedMedia', { media: 'print', features: [{ name: 'prefers-color-scheme', value: 'dark' }] });
	const ground = await look.run(ground_of);
	const faint = await look.run(find_faint);
	check('printed: the ground is white', ground > 250, ground);
	check('printed: letters stand out', faint.length === 0, faint);
	await look.send('Emulation.setEmulatedMedia', { media: '', features: [] });
	const { data } = await look.send('Page.printToPDF', { printBackground: false, preferCSSPageSize: true });
	const pdf = Buffer.from(data, 'base64');
	if (folder) writeFileSync(join(folder, 'page.pdf'), pdf);
	const pages = (pdf.toString('latin1').match(/\/Type\s*\/Page\b(?!s)/g) ?? []).length;
	check('printed: a PDF with pages', pdf.subarray(0, 5).toString() === '%PDF-' && pages > 0, pages);
	await look.close();
}

try {
	const parts = await look_at(1400, 'light');
	await look_at(1400, 'dark');
	await look_at(400, 'light');
	await look_at(400, 'dark');
	await look_at_structure(parts);
	await look_without_scripts(parts);
	await use(1400);
	await use(400);
	await print();
	leave(0);
} catch (error) {
	check('the browser was used', false, error.stack);
	leave(1);
}
