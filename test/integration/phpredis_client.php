<?php
// phpredis. usage: php phpredis_client.php HOST PORT

require __DIR__ . '/checks.php';

function client(): Redis {
    global $argv;
    $client = new Redis();
    $client->connect($argv[1], (int)$argv[2], 10);
    return $client;
}

$client = client();
check('ping', $client->ping(), true);
check('ping with a word', $client->ping('hello'), 'hello');
check('echo', $client->echo('hello'), 'hello');
check('select', $client->select(0), true);

check('set', $client->set('php:key', 'value'), true);
check('get', $client->get('php:key'), 'value');
check('a missing key', $client->get('php:missing'), false);
check('set nx', $client->set('php:key', 'x', ['nx', 'ex' => 100]), false);
check('set xx', $client->set('php:key', 'x', ['xx', 'px' => 100000]), true);
check('ttl', in_array($client->ttl('php:key'), [99, 100], true), true);
check('persist', $client->persist('php:key'), true);
check('a ttl of none', $client->ttl('php:key'), -1);
check('setnx', $client->setnx('php:key', 'y'), false);
check('setex', $client->setex('php:key', 100, 'z'), true);
check('getset', $client->getSet('php:key', 'w'), 'z');
check('getdel', $client->rawCommand('GETDEL', 'php:key'), 'w');
check('exists', $client->exists('php:key', 'php:missing'), 0);

$many = [];
for ($i = 0; $i < 500; ++$i) $many["php:many:$i"] = "value $i";
check('mset', $client->mset($many), true);
check('mget', $client->mget([...array_keys($many), 'php:missing']), [...array_values($many), false]);
check('msetnx', $client->msetnx(['php:many:0' => 'x', 'php:new' => 'y']), false);
check('exists of many', $client->exists(array_keys($many)), 500);

$client->setOption(Redis::OPT_SCAN, Redis::SCAN_RETRY);
$found = [];
$cursor = null;
while (($keys = $client->scan($cursor, 'php:many:*', 100)) !== false) array_push($found, ...$keys);
sort($found);
$expected = array_keys($many);
sort($expected);
check('scan', $found, $expected);
check('keys', count($client->keys('php:many:49?')), 10);
check('del', $client->del('php:many:1', 'php:many:2', 'php:missing'), 2);
check('unlink', $client->unlink(array_slice(array_keys($many), 3)), 497);
check('dbsize', $client->dbSize(), 1);

check('append', $client->append('php:text', 'Hello'), 5);
check('setrange', $client->setRange('php:text', 7, 'World'), 12);
check('getrange', $client->getRange('php:text', -7, -1), "\0\0World");
check('strlen', $client->strlen('php:text'), 12);
check('incr', $client->incr('php:number'), 1);
check('incrby', $client->incrBy('php:number', 41), 42);
check('decrby', $client->decrBy('php:number', 2), 40);
check('incrbyfloat', $client->incrByFloat('php:number', 0.5), 40.5);
check('incr of text', $client->incr('php:text'), false);
check('its error', rtrim($client->getLastError(), "\0"), 'ERR value is not an integer or out of range');
$client->clearLastError();

check('setbit', $client->setBit('php:bits', 7, true), 0);
check('getbit', $client->getBit('php:bits', 7), 1);
check('bitcount', $client->bitCount('php:bits'), 1);
check('bitpos', $client->bitpos('php:bits', 1), 7);
check('bitop', $client->bitOp('NOT', 'php:other', 'php:bits'), 1);

check('hmset', $client->hMSet('php:hash', ['a' => '1', 'b' => 'two']), true);
check('hgetall', $client->hGetAll('php:hash'), ['a' => '1', 'b' => 'two']);
check('hmget', $client->hMGet('php:hash', ['b', 'missing']), ['b' => 'two', 'missing' => false]);
check('hincrby', $client->hIncrBy('php:hash', 'a', 41), 42);
check('hexpire', $client->rawCommand('HEXPIRE', 'php:hash', 100, 'FIELDS', 2, 'a', 'missing'), [1, -2]);
check('hdel', $client->hDel('php:hash', 'a', 'missing'), 1);
check('rpush', $client->rPush('php:list', 'a', 'b', 'c'), 3);
check('lrange', $client->lRange('php:list', 0, -1), ['a', 'b', 'c']);
check('linsert', $client->lInsert('php:list', Redis::BEFORE, 'b', 'x'), 4);
check('rpoplpush', $client->rPopLPush('php:list', 'php:queue'), 'c');
check('sadd', $client->sAdd('php:set', 'a', 'b'), 2);
check('sismember', [$client->sIsMember('php:set', 'a'), $client->sIsMember('php:set', 'c')], [true, false]);
check('sinterstore', $client->sInterStore('php:copy', 'php:set', 'php:set'), 2);
check('zadd', $client->zAdd('php:zset', 0.1, 'a', 2, 'b'), 2);
check('zrange', $client->zRange('php:zset', 0, -1, true), ['a' => 0.1, 'b' => 2.0]);
check('zincrby', $client->zIncrBy('php:zset', 2, 'a'), 2.1);
check('zrevrank', $client->zRevRank('php:zset', 'b'), 1);
check('types', array_map(fn($name) => $client->type("php:$name"), ['hash', 'list', 'set', 'zset']),
    [Redis::REDIS_HASH, Redis::REDIS_LIST, Redis::REDIS_SET, Redis::REDIS_ZSET]);

check('rename', $client->rename('php:bits', 'php:renamed'), true);
check('type', $client->type('php:renamed'), Redis::REDIS_STRING);
check('expire', $client->expire('php:renamed', 1000), true);
check('pexpire', $client->pExpire('php:renamed', 20), true);
check('it expires', wait_until(fn() => $client->get('php:renamed') === false), true);

$large = str_repeat('0123456789abcdef', 45000);  // 720,000 bytes
check('set of a large value', $client->set('php:large', $large), true);
check('get of a large value', $client->get('php:large') === $large, true);

$client->setOption(Redis::OPT_SERIALIZER, Redis::SERIALIZER_PHP);
check('types survive', [$client->set('php:array', ['a' => [1, 2.5, null]]), $client->get('php:array')],
    [true, ['a' => [1, 2.5, null]]]);
$client->setOption(Redis::OPT_SERIALIZER, Redis::SERIALIZER_NONE);
$client->setOption(Redis::OPT_PREFIX, 'prefix:');
check('a prefix', [$client->set('key', 'v'), $client->rawCommand('GET', 'prefix:key')], [true, 'v']);
$client->setOption(Redis::OPT_PREFIX, '');

$pipe = $client->multi(Redis::PIPELINE);
for ($i = 0; $i < 1000; ++$i) $pipe->set("php:pipe:$i", $i)->incr("php:pipe:$i");
$answers = $pipe->exec();
check('a pipeline', [count($answers), $answers[0], $answers[1999]], [2000, true, 1000]);

$script = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) else return 0 end";
$client->set('php:lock', 'token', ['nx', 'px' => 100000]);
check('a lock of another', $client->eval($script, ['php:lock', 'other'], 1), 0);
check('a lock released', $client->eval($script, ['php:lock', 'token'], 1), 1);

check('client', [$client->client('setname', 'php'), $client->client('getname')], [true, 'php']);
check('info', $client->info()['role'] ?? null, 'master');
check('config', $client->config('GET', 'appendonly'), ['appendonly' => 'no']);
check('time', abs((int)$client->time()[0] - time()) < 10, true);

check('flushdb', $client->flushDB(), true);
check('nothing is left', $client->randomKey(), false);

$persistent = new Redis();
$persistent->pconnect($argv[1], (int)$argv[2], 10);
check('a lasting connection', $persistent->set('php:key', 'v'), true);
