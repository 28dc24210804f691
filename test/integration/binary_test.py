"""The binary protocol with the clients that still speak it: PHP's sessions by default, php-memcached on request."""

import unittest

from harness import HOST, Server, run

SESSION = """
session_id('pelikan-test');
session_start();
$_SESSION['visits'] = ($_SESSION['visits'] ?? 0) + 1;
$_SESSION['text'] = str_repeat('x', (int)$argv[1]);
echo $_SESSION['visits'];
session_write_close();
"""

CLIENT = """
$m = new Memcached();
$m->setOption(Memcached::OPT_BINARY_PROTOCOL, true);
$m->setOption(Memcached::OPT_COMPRESSION, false);
$m->addServer($argv[1], (int)$argv[2]);
function same($what, $wanted, $got) {
  if ($wanted !== $got) { echo "$what: wanted ", var_export($wanted, true), ", got ", var_export($got, true), "\\n"; exit(1); }
}
same('set', true, $m->set('a', 'value', 100));
same('get', 'value', $m->get('a'));
same('add', false, $m->add('a', 'other'));
same('replace', true, $m->replace('a', 'new'));
same('append', true, $m->append('a', '-end'));
same('prepend', true, $m->prepend('a', 'start-'));
same('joined', 'start-new-end', $m->get('a'));
same('multi set', true, $m->setMulti(['x' => 1, 'y' => str_repeat('y', 100000), 'z' => [1, 2]]));
same('multi get', ['x' => 1, 'y' => str_repeat('y', 100000), 'z' => [1, 2]], $m->getMulti(['x', 'none', 'y', 'z']));
same('increment creates', 10, $m->increment('n', 1, 10, 100));
same('increment', 15, $m->increment('n', 5));
same('decrement', 0, $m->decrement('n', 100));
same('touch', true, $m->touch('a', 50));
$e = $m->get('a', null, Memcached::GET_EXTENDED);
same('cas', true, $m->cas($e['cas'], 'a', 'swapped'));
same('cas again', false, $m->cas($e['cas'], 'a', 'lost'));
same('swapped', 'swapped', $m->get('a'));
same('delete', true, $m->delete('a'));
same('delete again', false, $m->delete('a'));
same('stats', 4, $m->getStats()[$argv[1] . ':' . $argv[2]]['curr_items']);
same('version', true, count($m->getVersion()) === 1);
same('flush', true, $m->flush());
same('flushed', false, $m->get('x'));
same('quit', true, $m->quit());
"""


class BinaryTest(unittest.TestCase):
    def session(self, server, size):
        result = run("php", "-d", "session.save_handler=memcached", "-d", f"session.save_path={HOST}:{server.port}",
                     "-d", "memcached.sess_binary_protocol=On", "-d", "session.use_cookies=0",
                     "-d", "session.cache_limiter=", "-r", SESSION, "--", size)
        self.assertEqual((result.stderr, result.returncode), ("", 0), result.stdout)
        return result.stdout

    def test_php_sessions_are_kept(self):
        with Server(seg_memory="64MiB") as server:
            answers = [self.session(server, size) for size in (0, 10, 300_000, 20_000)]
            self.assertEqual(answers, ["1", "2", "3", "4"])
            self.assertGreater(int(server.stats()["cmd_set"]), 3)

    def test_php_memcached_over_the_binary_protocol(self):
        with Server(seg_memory="64MiB", worker_threads=2) as server:
            result = run("php", "-r", CLIENT, "--", HOST, server.port)
            self.assertEqual((result.stdout, result.stderr, result.returncode), ("", "", 0))

    def test_a_server_that_does_not_speak_it_closes_at_once(self):
        with Server(seg_memory="8MiB", protocol_binary="no") as server, server.connect() as client:
            client.send(b"\x80\x0a" + 22 * b"\0")
            self.assertEqual(client.read_to_end(), b"")

    def test_what_a_frame_set_a_line_gets(self):
        with Server(seg_memory="8MiB") as server, server.connect() as frames, server.connect() as lines:
            frames.send(bytes.fromhex("80010001 08000000 0000000a 00000007 0000000000000000 00000005 00000000")
                        + b"kv")
            self.assertEqual(frames.read(24)[:8], bytes.fromhex("81010000 00000000"))
            lines.expect(b"get k\r\n", b"VALUE k 5 1\r\nv\r\nEND\r\n")


if __name__ == "__main__":
    unittest.main()
