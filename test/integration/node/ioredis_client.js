// ioredis, whose commands go out in one write each tick when it is told so. usage: node ioredis_client.js HOST PORT
'use strict';
const Redis = require('ioredis');
const {check, failure, waitUntil} = require('./checks.js');

const [host, port] = process.argv.slice(2);
const options = {host, port: Number(port), connectionName: 'ioredis', retryStrategy: null};
const client = new Redis({...options, enableAutoPipelining: true});
const failures = [];
client.on('error', error => failures.push(error.message));

async function store() {
  await check('flushall', client.flushall(), 'OK');
  await check('set', client.set('io:key', 'value', 'EX', 100), 'OK');
  await check('get', client.get('io:key'), 'value');
  await check('bytes', client.set('io:bytes', Buffer.from([0, 255, 13, 10])).then(() => client.getBuffer('io:bytes')),
      Buffer.from([0, 255, 13, 10]));
  await check('a missing key', client.get('io:missing'), null);
  await check('set nx', client.set('io:key', 'x', 'NX'), null);
  await check('ttl', client.ttl('io:key').then(ttl => ttl === 99 || ttl === 100), true);
  await check('setex', client.setex('io:key', 50, 'y'), 'OK');
  await check('getset', client.getset('io:key', 'z'), 'y');
  await check('incrby', client.incrby('io:number', 42), 42);
  await check('wrong numbers', failure(client.incr('io:key')), 'ERR value is not an integer or out of range');
  await check('pexpire', client.pexpire('io:key', 20), 1);
  await check('it expires', waitUntil(async () => await client.get('io:key') === null), true);
}

async function many() {
  const pairs = Array.from({length: 1000}, (_, i) => [`io:many:${i}`, `value ${i}`]);
  await check('mset', client.mset(new Map(pairs)), 'OK');
  await check('mget', client.mget(pairs.map(pair => pair[0])), pairs.map(pair => pair[1]));
  await check('gets of one tick', Promise.all(pairs.map(([key]) => client.get(key))), pairs.map(pair => pair[1]));
  const found = new Set();
  for await (const keys of client.scanStream({match: 'io:many:*', count: 100})) keys.forEach(key => found.add(key));
  await check('scan', found.size, 1000);
  const pipeline = client.pipeline();
  for (let i = 0; i < 500; ++i) pipeline.set(`io:pipe:${i}`, i).incr(`io:pipe:${i}`);
  const answers = await pipeline.exec();
  await check('a pipeline', [answers.length, answers[0], answers[999]], [1000, [null, 'OK'], [null, 500]]);
}

async function collections() {
  await check('hset', client.hset('io:hash', {a: 1, b: 'two'}), 2);
  await check('hgetall', client.hgetall('io:hash'), {a: '1', b: 'two'});
  await check('hincrbyfloat', client.hincrbyfloat('io:hash', 'a', 0.5), '1.5');
  await check('rpush', client.rpush('io:list', 'a', 'b', 'c'), 3);
  await check('lrange', client.lrange('io:list', 0, -1), ['a', 'b', 'c']);
  await check('rpoplpush', client.rpoplpush('io:list', 'io:other'), 'c');
  await check('sadd', client.sadd('io:set', 1, 2, 3), 3);
  await check('sunion', client.sunion('io:set', 'io:missing').then(members => members.sort()), ['1', '2', '3']);
  await check('zadd', client.zadd('io:zset', 0.1, 'a', 2, 'b'), 2);
  await check('zrank', client.zrank('io:zset', 'b'), 1);
  await check('zrangebyscore', client.zrangebyscore('io:zset', '(0.1', '+inf'), ['b']);
  const found = {};
  for await (const rows of client.hscanStream('io:hash')) for (let i = 0; i < rows.length; i += 2) found[rows[i]] = rows[i + 1];
  await check('hscan', found, {a: '1.5', b: 'two'});
}

async function large() {
  const value = '0123456789abcdef'.repeat(45000);  // 720,000 bytes
  await check('set of a large value', client.set('io:large', value), 'OK');
  await check('get of a large value', client.get('io:large').then(got => got === value), true);
}

async function server() {
  await check('its name', client.client('GETNAME'), 'ioredis');
  await check('its library', client.client('INFO').then(line => / lib-name=ioredis /.test(line)), true);
  await check('info', client.info().then(text => /^redis_version:7\.4/m.test(text)), true);
  await check('config', client.config('GET', 'appendonly'), ['appendonly', 'no']);
  await check('dbsize', client.dbsize().then(keys => keys >= 1503), true);
}

async function lock() {
  client.defineCommand('unlock', {
    numberOfKeys: 1,
    lua: 'if redis.call("get",KEYS[1]) == ARGV[1] then return redis.call("del",KEYS[1]) else return 0 end',
  });
  await check('a lock', client.set('io:lock', 'token', 'PX', 100000, 'NX'), 'OK');
  await check('of another', client.unlock('io:lock', 'other'), 0);
  await check('a lock released', client.unlock('io:lock', 'token'), 1);
}

async function main() {
  for (const part of [store, many, collections, large, server, lock]) await part();
  await check('a duplicate', client.duplicate({enableAutoPipelining: false}).quit(), 'OK');
  await check('nothing else went wrong', failures, []);
  await check('quit', client.quit(), 'OK');
}

main().catch(error => {
  console.error(error.message);
  process.exit(1);
});
