// memjs, which speaks the binary protocol only. usage: node memjs_client.js HOST PORT TIMEOUT_SECONDS
'use strict';
const memjs = require('memjs');
const {check, failure, waitUntil} = require('./checks.js');

const [host, port, timeout] = process.argv.slice(2);
const server = `${host}:${port}`;
const logged = [];  // memjs says there what it also hands over as an error

function connect(options) {
  return memjs.Client.create(server, {timeout: Number(timeout), retries: 1, logger: {log: line => logged.push(line)}, ...options});
}

const client = connect();
const text = async key => (await client.get(key)).value?.toString() ?? null;

// The values of stats, of one server.
function stats(key = '') {
  return new Promise((resolve, reject) => {
    client.statsWithKey(key, (error, from, values) => error ? reject(error) : resolve({from, ...values}));
  });
}

// Sends requests for which memjs has no method, all at once; the reply to the last, which ends them.
function send(...requests) {
  return new Promise((resolve, reject) => {
    const frames = requests.map(([opcode, key = '', extras = '', value = '']) => {
      client.incrSeq();
      return memjs.Utils.makeRequestBuffer(opcode, key, extras, value, client.seq);
    });
    client.servers[0].onResponse(client.seq, resolve);
    client.servers[0].onError(client.seq, reject);
    client.servers[0].write(Buffer.concat(frames));
  });
}

async function store() {
  await check('a missing key', client.get('js:key'), {value: null, flags: null});
  await check('set', client.set('js:key', 'value'), true);
  await check('get', client.get('js:key'), {value: Buffer.from('value'), flags: Buffer.alloc(4)});
  await check('add on a live key', client.add('js:key', 'other'), false);
  await check('add', client.add('js:added', 'first'), true);
  await check('replace', client.replace('js:key', 'b'), true);
  await check('replace of a missing key', client.replace('js:missing', 'x'), false);
  await check('append', client.append('js:key', 'c'), true);
  await check('append to a missing key', failure(client.append('js:missing', 'x')), 'MemJS APPEND: Item not stored');
  await check('prepend, which memjs 1.3 sends as append', client.prepend('js:key', 'd'), true);
  await check('prepend to a missing key', failure(client.prepend('js:missing', 'x')), 'MemJS PREPEND: Item not stored');
  await check('prepend as it is meant', send([0x0f, 'js:key', '', 'a']).then(reply => reply.header.status), 0);
  await check('the joined value', text('js:key'), 'abcd');
  await check('an empty value', client.set('js:empty', ''), true);
  await check('comes back', text('js:empty'), '');
  await check('delete', client.delete('js:key'), true);
  await check('delete of a missing key', client.delete('js:key'), false);
  await check('it is gone', text('js:key'), null);
}

async function count() {
  const counted = promise => promise.then(result => result.value);
  await check('increment creates', counted(client.increment('js:number', 3, {initial: 10, expires: 1000})), 10);
  await check('increment', counted(client.increment('js:number', 5)), 15);
  await check('the value is text', text('js:number'), '15');
  await check('decrement', counted(client.decrement('js:number', 4, {})), 11);
  await check('decrement stops at zero', counted(client.decrement('js:number', 100, {})), 0);
  await check('increment of what is no number', failure(client.increment('js:added', 1)),
      'MemJS INCREMENT: Incr/Decr on non-numeric value');
}

async function expire() {
  await check('set with an expiry', client.set('js:short', 'x', {expires: 1}), true);
  await check('an expiry far off', client.set('js:long', 'x', {expires: 1000}), true);
  await check('an expiry to be put off', client.set('js:touched', 'x', {expires: 1}), true);
  await check('touch', client.touch('js:touched', 1000), true);
  await check('touch of a missing key', client.touch('js:missing', 1000), false);
  const now = Math.floor(Date.now() / 1000);
  await check('an absolute expiry', client.set('js:absolute', 'x', {expires: now + 1000}), true);
  await check('an absolute expiry that has passed', client.set('js:past', 'x', {expires: now - 1000}), true);
  await check('it is gone at once', text('js:past'), null);
  await check('the short one expires', waitUntil(async () => await text('js:short') === null), true);
  await check('the others live', Promise.all(['js:long', 'js:touched', 'js:absolute'].map(text)), ['x', 'x', 'x']);
}

async function large() {
  const value = Buffer.alloc(1000000, Buffer.from(Array.from({length: 251}, (_, i) => i)));
  await check('a value of 1,000,000 bytes', client.set('js:large', value), true);
  await check('comes back', client.get('js:large').then(result => value.equals(result.value)), true);
  await check('a value that is too large', failure(client.set('js:large', Buffer.alloc(2000000))),
      'MemJS SET: Value too large');
  await check('small ones after it', client.set('js:small', 'x'), true);
}

async function pipeline() {
  const keys = Array.from({length: 500}, (_, i) => `js:many:${i}`);
  await check('500 sets at once', Promise.all(keys.map(key => client.set(key, key))), keys.map(() => true));
  await check('500 gets at once', Promise.all(keys.map(text)), keys);
}

async function quiet() {
  const [noop, setq, deleteq, getq] = [0x0a, 0x11, 0x14, 0x09];
  const last = await send([setq, 'js:quiet', Buffer.alloc(8), '1'], [setq, 'js:quiet:gone', Buffer.alloc(8), '1'],
      [deleteq, 'js:quiet:gone'], [getq, 'js:missing'], [noop]);
  await check('quiet requests and a noop', last.header.opcode, noop);
  await check('what they did', Promise.all(['js:quiet', 'js:quiet:gone'].map(text)), ['1', null]);
}

async function whole() {
  const before = await stats();
  await check('stats', [before.from, Number(before.curr_items) > 500], [server, true]);
  await check('stats settings', stats('settings').then(values => 'maxconns' in values), true);
  await check('stats reset', stats('reset').then(values => values.from), server);
  await check('it resets', stats().then(values => Number(values.cmd_set)), 0);
  const version = await send([0x0b]);
  await check('version', /^\d+\.\d+\.\d+/.test(version.val.toString()), true);
  await check('it is that of stats', version.val.toString(), before.version);
  await check('flush', client.flush(), {[server]: true});
  await check('flushed', Promise.all(['js:long', 'js:large', 'js:quiet'].map(text)), [null, null, null]);
}

async function main() {
  for (const part of [store, count, expire, large, pipeline, quiet, whole]) await part();
  await check('nothing else went wrong', logged, [
    'MemJS APPEND: Item not stored', 'MemJS PREPEND: Item not stored',
    'MemJS INCREMENT: Incr/Decr on non-numeric value', 'MemJS SET: Value too large']);
  client.quit();
}

main().catch(error => {
  console.error(error.message);
  process.exit(1);
});
