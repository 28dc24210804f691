<?php
// What the clients in PHP share: each prints one line per check that holds and ends with status 1 at the first that
// does not.

function check(string $what, mixed $actual, mixed $expected): void {
    if ($actual !== $expected) {
        fwrite(STDERR, "$what: " . substr(var_export($actual, true), 0, 300) . ', expected '
            . substr(var_export($expected, true), 0, 300) . "\n");
        exit(1);
    }
    echo "$what\n";
}

// Waits until the condition holds; false: in vain.
function wait_until(callable $condition): bool {
    for ($i = 0; $i < 1000; ++$i) {
        if ($condition()) return true;
        usleep(10000);
    }
    return false;
}
