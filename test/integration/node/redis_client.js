// node's `redis`, in both versions of the protocol. usage: node redis_client.js HOST PORT RESP
'use strict';
const {createClient} = require('redis');
const {check, failure, waitUntil} = require('./checks.js');

const [host, port, version] = process.argv.slice(2);
const RESP = Number(version);
const client = createClient({socket: {host, port: Number(port), reconnectStrategy: false}, RESP, name: 'node'});
client.on('error', error => failures.push(error.message));
const failures = [];

async function store() {
  await check('flushall', client.flushAll(), 'OK');
  await check('set', client.set('js:key', 'value'), 'OK');
  await check('get', client.get('js:key'), 'value');
  await check('a missing key', client.get('js:missing'), null);
  await check('set nx', client.set('js:key', 'x', {NX: true}), null);
  await check('set xx get', client.set('js:key', 'x', {XX: true, GET: true, EX: 100}), 'value');
  await check('set keepttl', client.set('js:key', 'y', {KEEPTTL: true}), 'OK');
  await check('ttl', client.ttl('js:key').then(ttl => ttl === 99 || ttl === 100), true);
  await check('getex', client.getEx('js:key', {type: 'PERSIST'}), 'y');
  await check('a ttl of none', client.ttl('js:key'), -1);
  await check('getdel', client.getDel('js:key'), 'y');
  await check('append', client.append('js:text', 'Hello'), 5);
  await check('setrange', client.setRange('js:text', 7, 'World'), 12);
  await check('getrange', client.getRange('js:text', -7, -1), '\0\0World');
  await check('wrong numbers', failure(client.incr('js:text')), 'ERR value is not an integer or out of range');
  await check('incr', client.incrBy('js:number', 42), 42);
  await check('incrbyfloat', client.incrByFloat('js:number', 0.5), '42.5');
}

async function many() {
  const pairs = Array.from({length: 1000}, (_, i) => [`js:many:${i}`, `value ${i}`]);
  await check('mset', client.mSet(pairs), 'OK');
  await check('mget', client.mGet([...pairs.map(pair => pair[0]), 'js:missing']), [...pairs.map(pair => pair[1]), null]);
  await check('gets that are pipelined', Promise.all(pairs.map(([key]) => client.get(key))), pairs.map(pair => pair[1]));
  const found = new Set();
  for await (const keys of client.scanIterator({MATCH: 'js:many:*', COUNT: 50})) keys.forEach(key => found.add(key));
  await check('scan', found.size, 1000);
  await check('keys', client.keys('js:many:99?').then(keys => keys.length), 10);
  await check('del', client.del(pairs.map(pair => pair[0])), 1000);
}

async function bits() {
  await check('setbit', client.setBit('js:bits', 7, 1), 0);
  await check('bitcount', client.bitCount('js:bits', {start: 0, end: 7, mode: 'BIT'}), 1);
  await check('bitpos', client.bitPos('js:bits', 1), 7);
  await check('bitop', client.bitOp('NOT', 'js:other', 'js:bits'), 1);
}

async function expire() {
  await check('pexpire', client.pExpire('js:bits', 20), 1);
  await check('expire with a condition', client.expire('js:other', 100, 'XX'), 0);
  await check('it expires', waitUntil(async () => await client.get('js:bits') === null), true);
  await check('rename', client.rename('js:other', 'js:renamed'), 'OK');
  await check('copy', client.copy('js:renamed', 'js:copy'), 1);
  await check('type', client.type('js:copy'), 'string');
}

// Objects of clients have no prototype.
const plain = promise => promise.then(value => ({...value}));

async function collections() {
  await check('hset', client.hSet('js:hash', {a: '1', b: 'two'}), 2);
  await check('hgetall', plain(client.hGetAll('js:hash')), {a: '1', b: 'two'});
  await check('hmget', client.hmGet('js:hash', ['b', 'missing']), ['two', null]);
  await check('hincrby', client.hIncrBy('js:hash', 'a', 41), 42);
  await check('hexpire', client.hExpire('js:hash', ['a', 'missing'], 100), [1, -2]);
  await check('httl', client.hTTL('js:hash', ['a', 'b']), [100, -1]);
  await check('rpush', client.rPush('js:list', ['a', 'b', 'c', 'd']), 4);
  await check('lrange', client.lRange('js:list', 1, -1), ['b', 'c', 'd']);
  await check('lpop', client.lPopCount('js:list', 2), ['a', 'b']);
  await check('lmove', client.lMove('js:list', 'js:other', 'RIGHT', 'LEFT'), 'd');
  await check('sadd', client.sAdd('js:set', ['3', '1', '2']), 3);
  await check('smembers', client.sMembers('js:set').then(members => members.sort()), ['1', '2', '3']);
  await check('sismember', client.sIsMember('js:set', '4').then(Boolean), false);
  await check('zadd', client.zAdd('js:zset', [{score: 0.1, value: 'a'}, {score: 2, value: 'b'}]), 2);
  await check('zscore', client.zScore('js:zset', 'a'), 0.1);
  await check('zrange', client.zRangeWithScores('js:zset', 0, -1).then(rows => rows.map(row => [row.value, row.score])),
      [['a', 0.1], ['b', 2]]);
  await check('zpopmax', client.zPopMax('js:zset').then(row => [row.value, row.score]), ['b', 2]);
  await check('the wrong type', failure(client.hGet('js:list', 'a')),
      'WRONGTYPE Operation against a key holding the wrong kind of value');
}

async function large() {
  const value = '0123456789abcdef'.repeat(45000);  // 720,000 bytes
  await check('set of a large value', client.set('js:large', value), 'OK');
  await check('get of a large value', client.get('js:large').then(got => got === value), true);
}

async function server() {
  await check('ping', client.ping(), 'PONG');
  await check('echo', client.echo('hello'), 'hello');
  await check('its name', client.clientGetName(), 'node');
  await check('its line', client.clientInfo().then(info => [info.name, info.db, info.libName]), ['node', 0, 'node-redis']);
  await check('info', client.info('replication').then(text => text.includes('role:master')), true);
  await check('config', client.configGet('appendonly').then(config => ({...config})), {appendonly: 'no'});
  await check('time', client.time().then(time => time.length ?? 2), 2);
  await check('unknown commands', failure(client.sendCommand(['NONSENSE'])),
      "ERR unknown command 'NONSENSE', with args beginning with: ");
}

async function lock() {
  const script = 'if redis.call("get",KEYS[1]) == ARGV[1] then return redis.call("del",KEYS[1]) else return 0 end';
  await check('a lock', client.set('js:lock', 'token', {NX: true, PX: 100000}), 'OK');
  await check('of another', client.eval(script, {keys: ['js:lock'], arguments: ['other']}), 0);
  await check('a lock released', client.eval(script, {keys: ['js:lock'], arguments: ['token']}), 1);
}

async function main() {
  await client.connect();
  for (const part of [store, many, bits, expire, collections, large, server, lock]) await part();
  await check('nothing else went wrong', failures, []);
  await client.close();
}

main().catch(error => {
  console.error(error.message);
  process.exit(1);
});
