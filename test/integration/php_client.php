<?php
// php-memcached over the text protocol. usage: php php_client.php HOST PORT

require __DIR__ . '/checks.php';

function client(array $options = []): Memcached {
    global $argv;
    $client = new Memcached();
    $client->setOptions([Memcached::OPT_BINARY_PROTOCOL => false, Memcached::OPT_COMPRESSION => false] + $options);
    $client->addServer($argv[1], (int)$argv[2]);
    return $client;
}

$client = client();
$through_proxy = ($argv[3] ?? '') === 'proxy';  // which refuses flush_all and stats

check('set', $client->set('php:key', 'value'), true);
check('get', $client->get('php:key'), 'value');
check('a missing key', $client->get('php:missing'), false);
check('its result code', $client->getResultCode(), Memcached::RES_NOTFOUND);
check('types survive', [$client->set('php:array', ['a' => [1, 2.5, null]]), $client->get('php:array')],
    [true, ['a' => [1, 2.5, null]]]);

$many = [];
for ($i = 0; $i < 500; ++$i) $many["php:many:$i"] = "value $i";
check('setMulti', $client->setMulti($many), true);
check('getMulti', $client->getMulti([...array_keys($many), 'php:missing'], Memcached::GET_PRESERVE_ORDER),
    $many + ['php:missing' => null]);

check('add on a live key', $client->add('php:key', 'x'), false);
check('replace', $client->replace('php:key', 'b'), true);
check('append', $client->append('php:key', 'c'), true);
check('prepend', $client->prepend('php:key', 'a'), true);
check('the joined value', $client->get('php:key'), 'abc');

$seen = $client->get('php:key', null, Memcached::GET_EXTENDED);
check('cas', $client->cas($seen['cas'], 'php:key', 'swapped'), true);
check('cas with an old token', $client->cas($seen['cas'], 'php:key', 'lost'), false);
check('its result code', $client->getResultCode(), Memcached::RES_DATA_EXISTS);
check('the swapped value', $client->get('php:key'), 'swapped');

$client->set('php:number', 10);
check('increment', $client->increment('php:number', 5), 15);
check('decrement stops at zero', $client->decrement('php:number', 100), 0);
check('increment of a missing key', $client->increment('php:missing'), false);

check('delete', $client->delete('php:key'), true);
check('delete of a missing key', $client->delete('php:key'), false);

check('set with an expiry', $client->set('php:short', 'x', 2), true);
check('it is there', $client->get('php:short'), 'x');
check('touch', [$client->set('php:touched', 'x', 2), $client->touch('php:touched', 1000)], [true, true]);
check('set with an absolute expiry', $client->set('php:absolute', 'x', time() + 1000), true);
check('set with an absolute expiry that has passed', $client->set('php:past', 'x', time() - 1000), true);
check('it is gone', $client->get('php:past'), false);
check('the short one expires', wait_until(fn() => $client->get('php:short') === false), true);
check('the others live', $client->getMulti(['php:touched', 'php:absolute']), ['php:touched' => 'x', 'php:absolute' => 'x']);

$large = str_repeat(implode('', array_map('chr', range(0, 249))), 4000);
check('a value of 1,000,000 bytes', [strlen($large), $client->set('php:large', $large)], [1000000, true]);
check('comes back', $client->get('php:large') === $large, true);

$quiet = client([Memcached::OPT_NOREPLY => true]);
$quiet->set('php:quiet', '1');
$quiet->set('php:quiet:gone', '1');
$quiet->delete('php:quiet:gone');
check('noreply', [$quiet->get('php:quiet'), $quiet->get('php:quiet:gone')], ['1', false]);

$buffered = client([Memcached::OPT_BUFFER_WRITES => true, Memcached::OPT_NO_BLOCK => true]);
// From 500 on libmemcached reads replies in between, and aborts when none comes within 50 ms.
for ($i = 0; $i < 499; ++$i) $buffered->set("php:buffered:$i", $i);
$buffered->quit();  // waits for no reply
check('buffered writes', wait_until(fn() => $client->get('php:buffered:0') === 0
    && $client->get('php:buffered:498') === 498), true);

if (!$through_proxy) {
    $server = "$argv[1]:$argv[2]";
    check('stats', isset($client->getStats()[$server]['curr_items']), true);
    check('version', preg_match('/^\d+\.\d+\.\d+/', $client->getVersion()[$server]), 1);
    check('flush', [$client->flush(), $client->get('php:array')], [true, false]);
}
